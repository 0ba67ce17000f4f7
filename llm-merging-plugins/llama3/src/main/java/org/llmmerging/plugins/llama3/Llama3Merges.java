package org.llmmerging.plugins.llama3;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;

/** The seven standard methods for Llama 3. */
public final class Llama3Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return StandardMerges.forArchitecture("llama3");
    }
}
