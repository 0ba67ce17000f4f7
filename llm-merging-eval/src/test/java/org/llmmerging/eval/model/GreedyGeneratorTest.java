package org.llmmerging.eval.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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
            GreedyGenerator generator = new GreedyGenerator(model, 0);
            for (JsonNode each : cases) {
                List<int[]> prompts = Golden.unpadded(each.path("input_ids"), each.path("attention_mask"));
                Set<Integer> ends = ends(each.path("eos_token_id"));
                int[] limits = new int[prompts.size()];
                Arrays.fill(limits, each.path("max_new_tokens").intValue());
                String expected = Arrays.deepToString(Golden.matrix(each.path("new_tokens")));
                for (int perPass : new int[] {prompts.size(), 2, 1}) {
                    List<int[]> together = generator.generate(prompts, passes(prompts.size(), perPass), limits,
                            ends::contains);
                    assertEquals(
                            expected,
                            Arrays.deepToString(together.toArray()),
                            each.path("id").asText() + ", read " + perPass + " at a time");
                }
                List<int[]> alone = prompts.stream()
                        .map(prompt -> generator
                                .generate(List.of(prompt), passes(1, 1), limits, ends::contains)
                                .getFirst())
                        .toList();
                assertEquals(expected, Arrays.deepToString(alone.toArray()), each.path("id").asText());
            }
        }
    }

    private static List<PromptBatches.Pass> passes(int prompts, int perPass) {
        return IntStream.range(0, Math.ceilDiv(prompts, perPass))
                .mapToObj(pass -> IntStream.range(pass * perPass, Math.min(prompts, (pass + 1) * perPass)))
                .map(IntStream::toArray)
                .map(examples -> new PromptBatches.Pass(
                        examples,
                        IntStream.range(0, examples.length)
                                .mapToObj(i -> new int[] {i})
                                .toList()))
                .toList();
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
