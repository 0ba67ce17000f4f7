package org.llmmerging.plugins.mistral;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;

/** The seven standard methods for Mistral. */
public final class MistralMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return StandardMerges.forArchitecture("mistral");
    }
}
