package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CheckpointTest {
    @TempDir
    Path folder;

    private String message() {
        CheckpointException problem = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(folder.toString()), message);
        return message;
    }

    private void assertRefused(String expected) {
        String message = message();
        assertTrue(message.contains(expected), message);
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private void twoShards() {
        SafetensorsBytes.writeFloats(folder.resolve("one.safetensors"), "b", 2, "c", 1);
        SafetensorsBytes.writeFloats(folder.resolve("two.safetensors"), "a", 3);
    }

    private static final String BOTH = """
            {"metadata": {"total_size": 24},
             "weight_map": {"a": "two.safetensors", "b": "one.safetensors", "c": "one.safetensors"}}""";

    @Test
    void opensASingleFile() {
        SafetensorsBytes.writeFloats(folder.resolve("model.safetensors"), "w", 2);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(folder, checkpoint.folder());
            assertEquals(new TensorInfo("w", DType.F32, Shape.of(2)), checkpoint.tensor("w").info());
            assertEquals(folder.resolve("model.safetensors"), checkpoint.tensor("w").file());
        }
    }

    @Test
    void opensShardsInTheOrderOfTheirNames() throws IOException {
        twoShards();
        index(BOTH);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals("[a, b, c]", checkpoint.tensors().keySet().toString());
            assertEquals(12, checkpoint.tensor("a").data().byteSize());
            assertEquals(folder.resolve("two.safetensors"), checkpoint.tensor("a").file());
        }
    }

    @Test
    void opensWhatTransformersWrote() throws URISyntaxException {
        Path models = Path.of(Objects.requireNonNull(getClass().getResource("/golden/hf/models")).toURI());
        try (Checkpoint checkpoint = Checkpoint.open(models.resolve("llama2_sharded"))) {
            long elements = checkpoint.tensors().values().stream().mapToLong(info -> info.shape().elements()).sum();
            assertEquals(87504, elements);
        }
        try (Checkpoint checkpoint = Checkpoint.open(models.resolve("llama2_bf16"))) {
            assertEquals(Set.of(DType.BF16), Set.copyOf(
                    checkpoint.tensors().values().stream().map(TensorInfo::dtype).toList()));
        }
    }

    @Test
    void prefersTheSingleFileToAnIndexBesideIt() throws IOException {
        SafetensorsBytes.writeFloats(folder.resolve("model.safetensors"), "w", 2);
        index("not even JSON");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(Set.of("w"), checkpoint.tensors().keySet());
        }
    }

    @Test
    void refusesAModelWithoutTensors() {
        SafetensorsBytes.write(folder.resolve("model.safetensors"), "{}", 0);
        assertRefused("model.safetensors: holds no tensors");
    }

    @Test
    void readsTheFilesOfPyTorchWhereThereAreNoOthers() throws IOException {
        twoShards();
        TorchBytes.convert(folder.resolve("one.safetensors"), folder.resolve("one.bin"));
        TorchBytes.convert(folder.resolve("two.safetensors"), folder.resolve("two.bin"));
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"), BOTH.replace(".safetensors", ".bin"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals("[a, b, c]", checkpoint.tensors().keySet().toString());
            assertEquals(folder.resolve("two.bin"), checkpoint.tensor("a").file());
        }
        Files.copy(folder.resolve("two.bin"), folder.resolve("pytorch_model.bin"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals("[a]", checkpoint.tensors().keySet().toString());
        }
        index(BOTH);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(folder.resolve("two.safetensors"), checkpoint.tensor("a").file());
        }
    }

    @Test
    void followsLinksAsTheHubCacheHasThem() throws IOException {
        Path blob = SafetensorsBytes.writeFloats(Files.createDirectory(folder.resolve("blobs")).resolve("ab12"), "w",
                2);
        Files.createSymbolicLink(folder.resolve("model.safetensors"), blob);
        Checkpoint.open(folder).close();
    }

    @Test
    void saysWhatItLookedForInAFolderWithoutWeights() {
        assertRefused("looked for model.safetensors, pytorch_model.bin and an index of either");
    }

    @Test
    void namesShardsThatLackTheirIndex() {
        twoShards();
        assertRefused("found \"one.safetensors\", \"two.safetensors\". Download the index");
    }

    @Test
    void saysThatAnAdapterIsNoModel() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertRefused("It is an adapter");
    }

    @Test
    void refusesAFileAndAMissingFolder() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[1]);
        assertThrows(CheckpointException.class, () -> Checkpoint.open(file).close());
        assertThrows(CheckpointException.class, () -> Checkpoint.open(folder.resolve("missing")).close());
    }

    @Test
    void reportsALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("model.safetensors"), folder.resolve("gone"));
        assertRefused(
                "model.safetensors: does not exist: it is a link that leads nowhere. Correct the link, or download");
    }

    static Stream<Arguments> badIndices() {
        String shard = "expected the name of a .safetensors file in the same folder";
        return Stream.of(
                Arguments.of("not valid JSON", "nonsense"),
                Arguments.of("not a JSON object", "[]"),
                Arguments.of("no weight_map", "{}"),
                Arguments.of("no weight_map", "{\"weight_map\": {}}"),
                Arguments.of("weight_map that is no object", "{\"weight_map\": []}"),
                Arguments.of("weight_map twice", "{\"weight_map\": {\"a\":\"x.safetensors\"}, \"weight_map\": {}}"),
                Arguments.of("goes on after", BOTH + "1"),
                Arguments.of("what is no file name", "{\"weight_map\": {\"a\": 1}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"../../etc/passwd\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"../one.safetensors\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"/tmp/one.safetensors\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"..\\\\one.safetensors\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"C:one.safetensors\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"one\\u0000.safetensors\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"\"}}"),
                Arguments.of(shard, "{\"weight_map\": {\"a\": \"one.bin\"}}"),
                Arguments.of("lacks the shards \"three.safetensors\"",
                        BOTH.replace("\"a\": \"two", "\"d\": \"three.safetensors\", \"a\": \"two")),
                Arguments.of("\"a\" twice, in \"two.safetensors\" and \"one.safetensors\"",
                        BOTH.replace("\"b\":", "\"a\": \"one.safetensors\", \"b\":")),
                Arguments.of("no shard holds what the index lists: \"d\"",
                        BOTH.replace("\"b\":", "\"d\": \"one.safetensors\", \"b\":")),
                Arguments.of("a shard holds what the index does not place there: \"c\"",
                        BOTH.replace(", \"c\": \"one.safetensors\"", "")),
                Arguments.of("a shard holds what the index does not place there: \"c\"",
                        BOTH.replace("\"c\": \"one", "\"c\": \"two")));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badIndices")
    void refusesAnIndexThatDoesNotDescribeTheShards(String expected, String json) throws IOException {
        twoShards();
        index(json);
        assertRefused(expected);
    }

    @Test
    void refusesATensorThatTwoShardsHold() throws IOException {
        twoShards();
        SafetensorsBytes.writeFloats(folder.resolve("two.safetensors"), "a", 3, "b", 2);
        index(BOTH);
        assertRefused("two shards hold \"b\"");
    }

    @Test
    void namesEveryDifferenceBetweenShardsAndIndexAtOnce() throws IOException {
        twoShards();
        index(BOTH.replace("\"c\"", "\"d\""));
        assertRefused("does not place there: \"c\"");
        assertRefused("the index lists: \"d\"");
    }

    @Test
    void refusesAnIndexOfHalfAGigabyteWithoutReadingIt() throws IOException {
        index("{}");
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("model.safetensors.index.json").toFile(),
                "rw")) {
            sparse.setLength(500_000_000);
        }
        assertRefused("has 500000000 bytes");
    }

    @Test
    void namesTheShardThatIsDamaged() throws IOException {
        twoShards();
        index(BOTH);
        Files.write(folder.resolve("two.safetensors"), new byte[3]);
        assertRefused("two.safetensors: has 3 bytes");
    }

    @Test
    void namesTheFolderWhenThereIsNoSuchTensor() throws IOException {
        twoShards();
        index(BOTH);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            CheckpointException problem = assertThrows(CheckpointException.class, () -> checkpoint.tensor("x"));
            assertEquals(folder + ": has no tensor \"x\"", problem.getMessage());
        }
    }

    @Test
    void noticesThatAShardChanged() throws IOException {
        twoShards();
        index(BOTH);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.verifyUnchanged();
            Files.write(folder.resolve("two.safetensors"), new byte[3]);
            assertThrows(CheckpointException.class, checkpoint::verifyUnchanged);
        }
    }
}
