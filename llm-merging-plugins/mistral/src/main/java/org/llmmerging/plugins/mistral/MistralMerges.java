package org.llmmerging.plugins.mistral;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods, the greedy soup and DAM for Mistral. */
public final class MistralMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("mistral"));
        merges.add(SoupMerges.forArchitecture("mistral"));
        merges.add(DamMerges.forArchitecture("mistral"));
        return merges;
    }
}
