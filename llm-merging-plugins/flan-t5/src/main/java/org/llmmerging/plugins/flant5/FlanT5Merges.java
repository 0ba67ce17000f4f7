package org.llmmerging.plugins.flant5;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods, the greedy soup and DAM for Flan-T5, and the original kit's own name {@code flant5_avg}. */
public final class FlanT5Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("flan_t5"));
        merges.add(SoupMerges.forArchitecture("flan_t5"));
        merges.add(StandardMerges.named("flant5_avg", "linear", "flan_t5"));
        merges.add(DamMerges.forArchitecture("flan_t5"));
        return merges;
    }
}
