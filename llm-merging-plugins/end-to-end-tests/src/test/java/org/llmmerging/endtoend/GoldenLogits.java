package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Compares the logits of a model with reference logits. */
final class GoldenLogits {
    private static final double LOGIT = 2e-5;

    private GoldenLogits() {}

    /**
     * Runs {@code logits} on all batches of a reference in one request, for a process costs more than the model.
     *
     * @param folder for the request and its answer
     */
    static void check(Path folder, Path model, Path reference) throws Exception {
        JsonNode golden = GoldenFiles.json(reference);
        Path arrays = reference.resolveSibling(golden.path("arrays").asText());
        List<JsonNode> batches = new ArrayList<>();
        List<FloatBuffer> logits = new ArrayList<>();
        for (JsonNode batch : golden.path("batches")) {
            batches.add(batch);
            logits.add(GoldenFiles.array(arrays, batch.path("logits").asText()));
        }
        check(folder, model, batches, logits);
    }

    static void check(Path folder, Path model, List<JsonNode> batches, List<FloatBuffer> logits) throws Exception {
        ObjectNode request = GoldenFiles.joined(batches);
        Path input = Files.writeString(folder.resolve("input.json"), request.toString());
        Path out = folder.resolve("logits.safetensors");
        Kit.in(folder).run("logits", model, "--quiet", "--input", input, "--out", out).succeeded();

        FloatBuffer actual = GoldenFiles.array(out, "logits");
        String positions = request.has("decoder_input_ids") ? "decoder_input_ids" : "input_ids";
        int width = request.path(positions).path(0).size();
        int row = 0;
        for (int b = 0; b < batches.size(); b++) {
            JsonNode batch = batches.get(b);
            FloatBuffer expected = logits.get(b);
            JsonNode mask = batch.path(batch.has("labels_mask") ? "labels_mask" : "attention_mask");
            int length = mask.path(0).size();
            int vocabulary = expected.remaining() / mask.size() / length;
            for (int i = 0; i < mask.size(); i++, row++) {
                for (int position = 0; position < length; position++) {
                    if (mask.get(i).get(position).intValue() == 1) {
                        for (int token = 0; token < vocabulary; token++) {
                            assertEquals(
                                    expected.get((i * length + position) * vocabulary + token),
                                    actual.get((row * width + position) * vocabulary + token),
                                    LOGIT,
                                    batch.path("id").asText() + ", row " + i + ", position " + position);
                        }
                    }
                }
            }
        }
        assertEquals(request.path("input_ids").size(), row);
    }
}
