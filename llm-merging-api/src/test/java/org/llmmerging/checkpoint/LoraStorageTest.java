package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Whether an update is added as it is or transposed is seen in the base, where a square weight does not show it. */
class LoraStorageTest {
    @TempDir
    Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LoraFixture(folder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seesInTheBaseHowConvolutionLayersAreStored(boolean isFanInFirst) throws IOException {
        Map<String, double[]> factors = fixture.factors("h.0.c_proj", 3, 3, 2);
        // As PEFT saves it for GPT-2 when the head is adapted, too; and the other way round.
        fixture.config(LoraFixture.PLAIN + ", \"fan_in_fan_out\": " + !isFanInFirst);
        Path base = fixture.base(Map.of("h.0.c_proj.weight", Shape.of(3, 3), "h.0.c_proj.bias", Shape.of(3),
                "h.0.c_fc.weight", isFanInFirst ? Shape.of(3, 7) : Shape.of(7, 3), "h.0.c_fc.bias", Shape.of(7)));
        assertAdaptsSquare("h.0.c_proj", factors, base, isFanInFirst);
    }

    /** A tower of linear layers stands before a decoder whose layers are stored fan-in first. */
    @ParameterizedTest
    @CsvSource({"clip.h.0.c_proj, false", "gpt.h.0.c_proj, true", "gpt.h.0.query, false"})
    void eachStackShowsHowItsLayersAreStored(String module, boolean isFanInFirst) throws IOException {
        Map<String, double[]> factors = fixture.factors(module, 3, 3, 2);
        fixture.config(LoraFixture.PLAIN + ", \"fan_in_fan_out\": true");
        Path base = fixture.base(Map.of(module + ".weight", Shape.of(3, 3),
                "clip.h.0.c_fc.weight", Shape.of(7, 3), "clip.h.0.c_fc.bias", Shape.of(7),
                "gpt.h.0.c_attn.weight", Shape.of(3, 9), "gpt.h.0.c_attn.bias", Shape.of(9)));
        assertAdaptsSquare(module, factors, base, isFanInFirst);
    }

    /** @param factors of a weight [3, 3], with rank 2 */
    private void assertAdaptsSquare(String module, Map<String, double[]> factors, Path base, boolean isFanInFirst) {
        double[] a = Objects.requireNonNull(factors.get(module + ".lora_A.weight"));
        double[] b = Objects.requireNonNull(factors.get(module + ".lora_B.weight"));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            Tensor weight = checkpoint.tensor(module + ".weight");
            float[] before = LoraFixture.floats(weight);
            float[] actual = LoraFixture.adapted(adapter.on(checkpoint), weight);
            for (int i = 0; i < 9; i++) {
                int out = isFanInFirst ? i % 3 : i / 3;
                int in = isFanInFirst ? i / 3 : i % 3;
                double expected = before[i] + 3 * (b[out * 2] * a[in] + b[out * 2 + 1] * a[3 + in]);
                assertEquals(expected, actual[i], 4e-7 * Math.max(1, Math.abs(expected)), "seed " + LoraFixture.SEED);
            }
        }
    }
}
