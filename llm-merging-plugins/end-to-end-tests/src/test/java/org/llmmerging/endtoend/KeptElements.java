package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.endtoend.Weights.Values;

/**
 * Which elements DARE keeps, seen from outside: a merge in which one model alone has a weight changes exactly the
 * elements that are kept of it. The choice is the same in every merge of the same seed, tensor and model, whatever the
 * weights and the type written.
 */
final class KeptElements {
    private KeptElements() {}

    /** The choice for each model of a configuration, with the seed that it is run with. */
    static List<SortedMap<String, boolean[]>> find(NamedMerge merge, long seed, Path folder)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        List<SortedMap<String, boolean[]>> kept = new ArrayList<>();
        for (int m = 0; m < merge.models().size(); m++) {
            double[] weights = new double[merge.models().size()];
            weights[m] = 1;
            Path file = Files.writeString(folder.resolve("one.yaml"), merge.asMergekitFile("dare_linear", weights));
            Path written = folder.resolve("one-" + m);
            Kit.in(folder).run("merge", file, written, "--random-seed", seed).succeeded();
            kept.add(changed(merge.base(), Weights.read(written)));
        }
        return kept;
    }

    private static SortedMap<String, boolean[]> changed(
            SortedMap<String, Values> base, SortedMap<String, Values> merged) {
        SortedMap<String, boolean[]> changed = new TreeMap<>();
        base.forEach((tensor, values) -> {
            boolean[] flags = new boolean[values.elements().length];
            for (int i = 0; i < flags.length; i++) {
                flags[i] = merged.get(tensor).elements()[i] != values.elements()[i];
            }
            changed.put(tensor, flags);
        });
        return changed;
    }
}
