package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Merges what mergekit merged, and compares tensor by tensor with what it wrote. */
class GoldenMergeTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/mergekit").toAbsolutePath();

    /** Low-precision softmax makes mergekit's choice of elements noise. */
    private static final String NAMES_AND_TYPES_ONLY = "arcee_fusion_bf16";

    /** The threshold lies among numbers that are nearly equal. */
    private static final String CHOOSES_BY_THRESHOLD = "arcee_fusion";

    private static final double LARGEST_SHARE_CHOSEN_OTHERWISE = 0.02;

    @TempDir
    private Path folder;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.filter(each -> Files.exists(each.resolve("expected.safetensors")))
                    .map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesWhatMergekitGives(String name) throws IOException {
        try (SafetensorsFile expected = expected(name);
                MergeRun run = run(name)) {
            assertEquals(expected.tensors(), run.merged().tensors());
            switch (name) {
                case NAMES_AND_TYPES_ONLY -> {
                }
                case CHOOSES_BY_THRESHOLD -> assertChoosesAlike(expected, run);
                default -> assertWithin(Tolerance.of(name), expected, run);
            }
        }
    }

    /** Half-way between two models it does not matter which of them is the base. */
    @Test
    void slerpFromTheLargerVocabularyIsThatFromTheSmaller() throws IOException {
        String name = "slerp_vocab_mismatch";
        String swapped = Files.readString(GOLDEN.resolve(name).resolve("merge.yml"))
                .replace("base_model: models/t-base", "base_model: models/t-ft2-vocab");
        Path file = Files.writeString(folder.resolve("swapped.yml"), swapped);
        MergeOptions options = MergeOptions.defaults(42).withAllowCrimes(true);
        try (SafetensorsFile expected = expected(name);
                MergeRun run = MergeRun.of(file, GOLDEN, options, folder.resolve("out"))) {
            assertEquals(expected.tensors(), run.merged().tensors());
            assertWithin(Tolerance.of(name), expected, run);
        }
    }

    private static void assertWithin(Tolerance tolerance, SafetensorsFile expected, MergeRun run) {
        Differences differences = new Differences();
        for (PlannedTensor planned : run.plan().tensors()) {
            String tensor = planned.output().name();
            float[] merged = Differences.read(run.merged().tensor(tensor));
            if (mergekitLosesTheTaskVector(planned)) {
                assertClose(Float64Reference.of(planned), merged, tensor);
            } else {
                differences.add(expected.tensor(tensor), merged, tolerance.largest());
            }
        }
        assertTrue(differences.within(tolerance), () -> differences + ", allowed " + tolerance);
    }

    /** Breadcrumbs without outliers to remove: mergekit writes the base there, and we keep the task vector. */
    private static boolean mergekitLosesTheTaskVector(PlannedTensor planned) {
        if (planned.method() == null || !planned.method().name().startsWith("breadcrumbs")) {
            return false;
        }
        for (int model = 0; model < planned.sources().models().size(); model++) {
            if ((long) (planned.parameters().number("gamma", model)
                    * planned.output().shape().elements()) == 0) {
                return true;
            }
        }
        return false;
    }

    private static void assertClose(double[] reference, float[] merged, String tensor) {
        for (int i = 0; i < merged.length; i++) {
            assertEquals(reference[i], merged[i], 1e-6, tensor + " element " + i);
        }
    }

    private static void assertChoosesAlike(SafetensorsFile expected, MergeRun run) {
        long otherwise = 0;
        long elements = 0;
        for (PlannedTensor planned : run.plan().tensors()) {
            String tensor = planned.output().name();
            float[] wanted = Differences.read(expected.tensor(tensor));
            float[] merged = Differences.read(run.merged().tensor(tensor));
            float[] base = read(planned.sources().base(), merged.length);
            float[] model = read(planned.sources().models().getFirst(), merged.length);
            for (int i = 0; i < merged.length; i++) {
                assertTrue(merged[i] == base[i] || merged[i] == model[i], tensor + " element " + i + " is of neither");
                otherwise += Math.abs(merged[i] - wanted[i]) > 1e-6 ? 1 : 0;
                elements++;
            }
        }
        assertTrue(
                otherwise <= LARGEST_SHARE_CHOSEN_OTHERWISE * elements,
                otherwise + " of " + elements + " elements come from the other model");
    }

    private static float[] read(TensorSource source, int elements) {
        float[] values = new float[elements];
        source.read(0, values, elements);
        return values;
    }

    static List<String> casesWrittenInSixteenBits() throws IOException {
        return cases().stream()
                .filter(name -> {
                    try (SafetensorsFile expected = expected(name)) {
                        return expected.tensors().values().stream()
                                .anyMatch(tensor -> Set.of(DType.BF16, DType.F16).contains(tensor.dtype()));
                    }
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("casesWrittenInSixteenBits")
    void isNoFurtherFromTheExactResultThanMergekit(String name) {
        try (SafetensorsFile expected = expected(name);
                MergeRun run = run(name)) {
            assertTrue(Float64Reference.knows(run.plan().method().name()), run.plan().method().name());
            double ours = 0;
            double mergekits = 0;
            double ourLargest = 0;
            double mergekitsLargest = 0;
            for (PlannedTensor planned : run.plan().tensors()) {
                String tensor = planned.output().name();
                double[] exact = Float64Reference.of(planned);
                float[] merged = Differences.read(run.merged().tensor(tensor));
                float[] wanted = Differences.read(expected.tensor(tensor));
                for (int i = 0; i < exact.length; i++) {
                    double error = Math.abs(merged[i] - exact[i]);
                    double mergekitsError = Math.abs(wanted[i] - exact[i]);
                    ours += error;
                    mergekits += mergekitsError;
                    ourLargest = Math.max(ourLargest, error);
                    mergekitsLargest = Math.max(mergekitsLargest, mergekitsError);
                }
            }
            assertTrue(ours <= mergekits, "sum of errors " + ours + ", mergekit's " + mergekits);
            assertTrue(ourLargest <= mergekitsLargest, "largest error " + ourLargest + ", " + mergekitsLargest);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void describesTheModelAsMergekitDoes(String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode expected = json.readTree(GOLDEN.resolve(name).resolve("expected_config.json").toFile());
        try (MergeRun run = run(name)) {
            JsonNode config = json.readTree(
                    run.merged().folder().resolve("config.json").toFile());
            for (String key : List.of("num_hidden_layers", "vocab_size", "hidden_size")) {
                assertEquals(expected.path(key), config.path(key), key);
            }
            // An output layer that mergekit writes beside "tied" would be ignored by whoever loads the model.
            boolean untied = run.merged().tensors().containsKey("lm_head.weight");
            assertEquals(
                    !untied && expected.path("tie_word_embeddings").asBoolean(),
                    config.path("tie_word_embeddings").asBoolean());
            assertEquals(run.plan().writtenType().torchName(), config.path("torch_dtype").asText());
        }
    }

    private static SafetensorsFile expected(String name) {
        return SafetensorsFile.open(GOLDEN.resolve(name).resolve("expected.safetensors"));
    }

    /** Vocabularies of different size are what some of the cases are about. */
    private MergeRun run(String name) {
        MergeOptions options = MergeOptions.defaults(42).withAllowCrimes(name.endsWith("vocab_mismatch"));
        return MergeRun.of(GOLDEN.resolve(name).resolve("merge.yml"), GOLDEN, options, folder.resolve("out"));
    }
}
