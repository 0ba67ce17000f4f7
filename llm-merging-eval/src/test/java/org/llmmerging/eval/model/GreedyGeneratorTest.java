package org.llmmerging.eval.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Generates the tokens that Hugging Face's generate does, whatever company a sequence has in its batch. */
class GreedyGeneratorTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama2", "llama2_b", "llama2_bf16", "llama2_sharded", "llama3", "llama3_short", "llama_linear",
                "mistral", "mistral_nemo", "qwen2", "gemma", "gemma2", "flan_t5", "flan_t5_b", "t5_v10"
            })
    void generatesTheReferencesTokens(String name) {
        JsonNode cases = Golden.json(Golden.folder().resolve(name + ".json")).path("generate");
        assertTrue(cases.size() > 0);
        try (LanguageModel model = LanguageModel.open(Golden.model(name), Device.cpu())) {
            GreedyGenerator generator = new GreedyGenerator(model, 0, GenerationConfig.NONE);
            for (JsonNode each : cases) {
                List<int[]> prompts = Golden.unpadded(each.path("input_ids"), each.path("attention_mask"));
                Set<Integer> ends = ends(each.path("eos_token_id"));
                int[] limits = new int[prompts.size()];
                Arrays.fill(limits, each.path("max_new_tokens").intValue());
                String expected = Arrays.deepToString(Golden.matrix(each.path("new_tokens")));
                for (int perPass : new int[] {prompts.size(), 2, 1}) {
                    List<int[]> together = generator.generate(prompts, parts(prompts.size(), perPass), limits,
                            ends::contains);
                    assertEquals(
                            expected,
                            Arrays.deepToString(together.toArray()),
                            each.path("id").asText() + ", read " + perPass + " at a time");
                }
                List<int[]> alone = prompts.stream()
                        .map(prompt -> generator
                                .generate(List.of(prompt), parts(1, 1), limits, ends::contains)
                                .getFirst())
                        .toList();
                assertEquals(expected, Arrays.deepToString(alone.toArray()), each.path("id").asText());
            }
        }
    }

    /** As transformers generates from the prompts of the first case, each alone, with a penalty of 1.3. */
    @Test
    void weakensTokensOfThePromptAndOfWhatIsWritten() {
        assertEquals(
                List.of(
                        "[124, 37, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 115, 117, 88, 105, 38, 39, 35, 90, 2]",
                        "[49, 129, 128, 96, 105, 97, 68, 104, 52, 115, 78, 86, 72, 56, 124, 84, 39, 76, 90, 2]",
                        "[105, 51, 76, 127, 125, 36, 109, 98, 39, 82, 42, 114, 103, 129, 100, 103, 94, 44, 100, 81, 59,"
                                + " 51, 123, 51]"),
                penalized("llama2", OptionalInt.empty()));
    }

    /** The same, of what an encoder-decoder wrote alone: its prompt counts for nothing. */
    @Test
    void weakensTokensThatADecoderWroteAfterItsStartToken() {
        assertEquals(
                List.of(
                        "[84, 104, 82, 50, 61, 86, 102, 85, 86, 83, 45, 1]",
                        "[84, 68, 98, 109, 53, 73, 85, 121, 40, 86, 71, 117, 74, 46, 114, 120, 101, 117, 49, 114, 73, 109,"
                                + " 68, 85]",
                        "[84, 104, 82, 50, 73, 47, 1]"),
                penalized("flan_t5", OptionalInt.empty()));
        assertEquals(
                List.of(
                        "[124, 87, 62, 65, 45, 61, 128, 96, 101, 85, 86, 63, 70, 84, 1]",
                        "[93, 1]",
                        "[124, 45, 68, 85, 58, 88, 1]"),
                penalized("flan_t5", OptionalInt.of(7)));
    }

    private static List<String> penalized(String name, OptionalInt startToken) {
        JsonNode first = Golden.json(Golden.folder().resolve(name + ".json")).path("generate").get(0);
        List<int[]> prompts = Golden.unpadded(first.path("input_ids"), first.path("attention_mask"));
        Set<Integer> ends = ends(first.path("eos_token_id"));
        int[] limits = new int[prompts.size()];
        Arrays.fill(limits, 24);
        GenerationConfig config = new GenerationConfig(new RepetitionPenalty(1.3f), startToken);
        try (LanguageModel model = LanguageModel.open(Golden.model(name), Device.cpu())) {
            return new GreedyGenerator(model, 0, config)
                    .generate(prompts, parts(prompts.size(), 2), limits, ends::contains).stream()
                    .map(Arrays::toString)
                    .toList();
        }
    }

    /** Passes of so many prompts, each a part of its own if they have one prompt, else two of them a part. */
    private static List<PromptBatches.Part> parts(int prompts, int perPass) {
        int perPart = perPass == 1 ? 1 : 2 * perPass;
        return ranges(0, prompts, perPart)
                .map(part -> new PromptBatches.Part(ranges(part[0], part[1], perPass)
                        .map(pass -> IntStream.range(pass[0], pass[1]).toArray())
                        .map(examples -> new PromptBatches.Pass(
                                examples,
                                IntStream.range(0, examples.length)
                                        .mapToObj(i -> new int[] {i})
                                        .toList()))
                        .toList()))
                .toList();
    }

    private static Stream<int[]> ranges(int begin, int end, int size) {
        return IntStream.range(0, Math.ceilDiv(end - begin, size))
                .mapToObj(i -> new int[] {begin + i * size, Math.min(end, begin + (i + 1) * size)});
    }

    private static Set<Integer> ends(JsonNode eos) {
        Set<Integer> ends = new HashSet<>();
        if (eos.isInt()) {
            ends.add(eos.intValue());
        }
        eos.forEach(each -> ends.add(each.intValue()));
        return ends;
    }
}
