package org.llmmerging.plugins.mistral;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods for Mistral, and the greedy soup. */
public final class MistralMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("mistral"));
        merges.add(SoupMerges.forArchitecture("mistral"));
        return merges;
    }
}
