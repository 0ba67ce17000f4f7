package org.llmmerging.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** Everything that the kit can do with models of one architecture, for plugins that register one. */
public final class KitMerges {

    private KitMerges() {}

    /**
     * The entries of {@link StandardMerges#forArchitecture}, {@code soup_greedy} and {@code dam}, each followed by the
     * architecture, as in {@code dam_llama2}.
     *
     * @param averages further names of the average of the models, such as {@code llama_avg}
     * @throws IllegalArgumentException when a name is not lower-case words joined by underscores
     */
    public static Collection<Merges> forArchitecture(String architecture, String... averages) {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture(architecture));
        merges.add(SoupMerges.forArchitecture(architecture));
        for (String name : averages) {
            merges.add(StandardMerges.named(name, "linear", architecture));
        }
        merges.add(DamMerges.forArchitecture(architecture));
        return List.copyOf(merges);
    }
}
