package org.llmmerging.plugins.llama3;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.eval.KitMerges;

/** The standard methods, the greedy soup and DAM for Llama 3. */
public final class Llama3Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return KitMerges.forArchitecture("llama3");
    }
}
