package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * The names of the two random methods. What they keep is seen from outside ({@link KeptElements}); everything else
 * follows from it: every element of the merge is the base and the rescaled contributions of the models that keep it.
 */
class DareIT {
    /** A right program strays further once in two million times. */
    private static final double STANDARD_DEVIATIONS = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"flan_t5", "llama", "llama2", "llama3", "mistral"})
    void addsTheRescaledContributionsOfTheModelsThatKeepAnElement(String architecture) throws Exception {
        NamedMerge plain = NamedMerge.of("dare_" + architecture);
        NamedMerge elected = NamedMerge.of("dare_ties_" + architecture);
        long seed = (long) plain.parameter("seed");
        assertEquals(seed, (long) elected.parameter("seed"));

        List<SortedMap<String, boolean[]>> kept = KeptElements.find(plain, seed, folder);
        checkShares(plain, kept);
        WrittenWeights.check(plain, kept, WholeRun.of("dare_" + architecture, folder));
        if (plain.parameter("density") != elected.parameter("density")) {
            kept = KeptElements.find(elected, seed, folder.resolve("elected"));
            checkShares(elected, kept);
        }
        WrittenWeights.check(elected, kept, WholeRun.of("dare_ties_" + architecture, folder));
    }

    /** Of the elements that a model changes, the share that is kept is the density, but for chance. */
    private static void checkShares(NamedMerge merge, List<SortedMap<String, boolean[]>> kept) {
        double density = merge.parameter("density");
        for (int m = 0; m < kept.size(); m++) {
            long changed = 0;
            long left = 0;
            for (String tensor : merge.base().keySet()) {
                double[] base = merge.base().get(tensor).elements();
                double[] model = merge.models().get(m).get(tensor).elements();
                for (int i = 0; i < base.length; i++) {
                    changed += model[i] == base[i] ? 0 : 1;
                    left += kept.get(m).get(tensor)[i] ? 1 : 0;
                }
            }
            double deviation = Math.sqrt(changed * density * (1 - density));
            assertEquals(density * changed, left, STANDARD_DEVIATIONS * deviation, "model " + m + " of " + changed);
        }
        assertFalse(
                kept.get(0).entrySet().stream()
                        .allMatch(each -> Arrays.equals(each.getValue(), kept.get(1).get(each.getKey()))),
                "two models must not be thinned alike");
    }

    @Test
    void theSeedDecidesEveryByte() throws Exception {
        NamedMerge merge = NamedMerge.of("dare_ties_llama2");
        byte[] first = bytes(merge, 7, "first");
        assertArrayEquals(first, bytes(merge, 7, "again"));
        assertFalse(Arrays.equals(first, bytes(merge, 8, "other")), "another seed must choose otherwise");
    }

    private byte[] bytes(NamedMerge merge, long seed, String name) throws IOException, InterruptedException {
        String text = merge.asMergekitFile("dare_ties", merge.lambdas());
        Path file = Files.writeString(folder.resolve("seed.yaml"), text);
        Path written = folder.resolve(name);
        Kit.in(folder).run("merge", file, written, "--random-seed", seed).succeeded();
        return Files.readAllBytes(written.resolve("model.safetensors"));
    }
}
