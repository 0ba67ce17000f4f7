package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Models, data sets and output folders that cannot be used: each is named, and every file is as it was before. */
class BadFilesIT {
    @TempDir
    Path folder;

    /** Runs {@code avg_llama3} on {@code models/}, a changeable copy of its models, and requires it to fail. */
    private void assertRefused(int exitCode, String... parts) throws IOException, InterruptedException {
        String text = Inputs.config("avg_llama3").replace("models/llama3/", folder + "/models/");
        assertRefused(text, exitCode, parts);
    }

    private void assertRefused(String config, int exitCode, String... parts) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("models.yaml"), config);
        Path quiz = Inputs.quiz(folder);
        TreeSet<String> before = Inputs.tree(folder);
        Kit.in(folder)
                .run("-m", "avg_llama3", "--config", file, "--dataset_filepaths", quiz, "--output_folder", "deep/out")
                .failed(exitCode, parts);
        assertEquals(before, Inputs.tree(folder));
    }

    private Path weights(String model) throws IOException {
        Inputs.copy(Kit.REPOSITORY.resolve("models/llama3"), folder.resolve("models"));
        return folder.resolve("models").resolve(model).resolve("model.safetensors");
    }

    @Test
    void aModelWithoutWeights() throws Exception {
        Path weights = weights("summaries");
        Files.delete(weights);
        assertRefused(3, weights.getParent().toString(), "has no weights", "model.safetensors");
    }

    @Test
    void aFileThatIsCutShort() throws Exception {
        Path weights = weights("summaries");
        byte[] whole = Files.readAllBytes(weights);
        for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
            Files.write(weights, Arrays.copyOf(whole, length));
            assertRefused(3, weights.toString(), "download");
        }
    }

    @Test
    void aModelWhoseConfigIsNoJson() throws Exception {
        Path config = Files.writeString(weights("reasoning").resolveSibling("config.json"), "{");
        assertRefused(3, config.toString(), "is not valid JSON at line 1");
    }

    @Test
    void aPointerInPlaceOfWeights() throws Exception {
        Path weights = weights("reasoning");
        Files.writeString(weights, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
        assertRefused(3, weights.toString(), "Git-LFS pointer", "git lfs pull");
    }

    @Test
    void aWeightThatIsNotANumber() throws Exception {
        Path weights = weights("arithmetic");
        byte[] bytes = Files.readAllBytes(weights);
        int data = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        bytes[data] = (byte) 0xc0;
        bytes[data + 1] = 0x7f;
        Files.write(weights, bytes);
        assertRefused(1, "models/arithmetic", "model.embed_tokens.weight", "NaN at element 0");
    }

    @Test
    void aModelThatIsNotThere() throws Exception {
        String text = Inputs.config("avg_llama3").replace("llama3/summaries", "llama3/sumaries");
        assertRefused(text, 3, "models/llama3/sumaries", "there is no such folder");
    }

    @Test
    void tensorsThatDifferAreAllNamed() throws Exception {
        String text = Inputs.config("avg_llama3").replace("models/llama3/summaries", "models/mistral/summaries");
        String[] parts = Weights.read(Kit.REPOSITORY.resolve("models/llama3/base")).keySet().stream()
                .filter(tensor -> tensor.contains("self_attn"))
                .toArray(String[]::new);
        assertEquals(8, parts.length, "two layers of q, k, v and o");
        assertRefused(text, 2, parts);
        assertRefused(text, 2, "models/llama3/reasoning", "models/mistral/summaries", "[64, 128]", "[64, 112]");
    }

    @Test
    void tensorsThatAModelLacksAreAllNamed() throws Exception {
        String text = Inputs.config("avg_llama3").replace("models/llama3/summaries", "models/llama/summaries");
        String[] parts = Weights.read(Kit.REPOSITORY.resolve("models/llama/base")).keySet().stream()
                .filter(tensor -> tensor.startsWith("model.layers.2."))
                .toArray(String[]::new);
        assertEquals(9, parts.length, "one layer");
        assertRefused(text, 2, parts);
        assertRefused(text, 2, "models/llama3/reasoning has no tensor model.layers.2.");
    }

    @Test
    void anAdapterWhereAModelIsExpected() throws Exception {
        String text = Inputs.config("avg_llama3").replace("models/llama3/summaries", "models/llama2/summaries");
        assertRefused(text, 3, "models/llama2/summaries", "adapter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id,target,answer_choices,eval_type | 0,1,\"['a']\",generation | line 1: column input is missing",
                "id,input,target,answer_choices | 0,x,0,\"['a']\" | line 1: column eval_type is missing",
                "id,input,target,eval_type | 0,x,0,multiple_choice | answer_choices",
                "id,input,eval_type | '' | there are no rows"
            })
    void aDataSetThatLacksWhatIsNeeded(String header, String row, String problem) throws Exception {
        assertDataSetRefused(header + "\n" + row + "\n", problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0,x,0,a or b,multiple_choice | answer_choices: this is no list",
                "0,x,0,[],multiple_choice | answer_choices: the list is empty",
                "0,x,2,\"['a', 'b']\",multiple_choice | target: '2' is out of range",
                "0,x,-1,\"['a']\",multiple_choice | target: '-1' is out of range",
                "0,x,y,\"['a']\",multiple_choice | target: 'y'",
                "0,x,0,\"['a']\",guess | eval_type: 'guess' is not known"
            })
    void aCellThatIsWrong(String row, String problem) throws Exception {
        assertDataSetRefused(Inputs.HEADER + row + "\n", "row 1 (line 2), column " + problem);
    }

    private void assertDataSetRefused(String text, String problem) throws IOException, InterruptedException {
        Path data = Files.writeString(folder.resolve("data.csv"), text);
        Kit.in(folder).run("-m", "avg_llama3", "--dataset_filepaths", data).failed(5, data.toString(), problem);
        assertEquals(new TreeSet<>(List.of("data.csv")), Inputs.tree(folder));
    }

    @Test
    void anAdapterToBeEvaluated() throws Exception {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
        Kit.in(folder).run("eval", adapter).failed(3, adapter.toString(), "is a LoRA adapter", "passthrough");
    }

    @Test
    void aDataSetThatIsNotThere() throws Exception {
        Kit.in(folder).run("-m", "avg_llama3", "--dataset_filepaths", "none.csv").failed(5, "none.csv");
        assertEquals(new TreeSet<>(), Inputs.tree(folder));
    }

    @ParameterizedTest
    @CsvSource({"out, out", "out/avg_llama3, out/avg_llama3", "out/avg_llama3/mine.txt, out/avg_llama3"})
    void anOutputFolderWithAFileInItsPlace(String file, String named) throws Exception {
        Path mine = folder.resolve(file);
        Files.createDirectories(mine.getParent());
        Files.writeString(mine, "precious");
        Path quiz = Inputs.quiz(folder);
        TreeSet<String> before = Inputs.tree(folder);
        Kit.in(folder)
                .run("-m", "avg_llama3", "--dataset_filepaths", quiz, "--output_folder", "out")
                .failed(4, folder.resolve(named).toString(), "another output folder");
        assertEquals(before, Inputs.tree(folder));
        assertEquals("precious", Files.readString(mine));
    }

    @Test
    void anOutputFolderThatIsOneOfTheModels() throws Exception {
        Path model = Inputs.copy(Kit.REPOSITORY.resolve("models/llama3/reasoning"), folder.resolve("out/avg_llama3"));
        byte[] before = Files.readAllBytes(model.resolve("model.safetensors"));
        Path config = Files.writeString(
                folder.resolve("models.yaml"),
                Inputs.config("avg_llama3").replace("models/llama3/reasoning", model.toString()));
        TreeSet<String> tree = Inputs.tree(folder);
        Kit.in(folder).run("-m", "avg_llama3", "--config", config, "--output_folder", "out").failed(4,
                model.toString());
        assertEquals(tree, Inputs.tree(folder));
        assertEquals(
                ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(model.resolve("model.safetensors"))));
    }
}
