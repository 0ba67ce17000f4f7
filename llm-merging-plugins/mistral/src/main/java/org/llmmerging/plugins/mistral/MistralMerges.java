package org.llmmerging.plugins.mistral;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.eval.KitMerges;

/** The standard methods, the greedy soup and DAM for Mistral. */
public final class MistralMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return KitMerges.forArchitecture("mistral");
    }
}
