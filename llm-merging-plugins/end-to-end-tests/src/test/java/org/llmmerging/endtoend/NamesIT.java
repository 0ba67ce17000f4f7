package org.llmmerging.endtoend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code main -m NAME} for each name of a method that is neither random nor a search, {@link DareIT} and {@link SoupIT}
 * have the others: what it prints, the files it leaves, and every element of every merged tensor.
 */
class NamesIT {
    @TempDir
    Path folder;

    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("llama_avg", "tiny_llama_avg", "flant5_avg"));
        for (String architecture : List.of("flan_t5", "llama", "llama2", "llama3", "mistral")) {
            for (String method : List.of("avg", "slerp", "ta", "ties", "ms", "geometric_median")) {
                names.add(method + "_" + architecture);
            }
        }
        return names;
    }

    @ParameterizedTest
    @MethodSource("names")
    void runsAndMergesAsTheFormulasSay(String name) throws Exception {
        Path model = WholeRun.of(name, folder);
        WrittenWeights.check(NamedMerge.of(name), List.of(), model);
    }
}
