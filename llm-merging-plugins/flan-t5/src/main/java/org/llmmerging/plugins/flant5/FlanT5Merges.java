package org.llmmerging.plugins.flant5;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.eval.KitMerges;

/** The standard methods, the greedy soup and DAM for Flan-T5, and the original kit's own name {@code flant5_avg}. */
public final class FlanT5Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return KitMerges.forArchitecture("flan_t5", "flant5_avg");
    }
}
