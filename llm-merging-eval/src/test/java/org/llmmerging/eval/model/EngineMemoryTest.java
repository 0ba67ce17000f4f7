package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EngineMemoryTest {
    private static final Path FOLDER = Path.of("models", "m");
    private static final String PURPOSE = "rows of 9 tokens. Lower --max_length";

    @Test
    void returnsWhatTheWorkDoes() {
        assertEquals("done", EngineMemory.call(FOLDER, PURPOSE, () -> "done"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 20.00 GiB",
                "DefaultCPUAllocator: can't allocate memory: you tried",
                "DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"
            })
    void namesTheModelAndTheRemedyWhenTheEngineHasNotEnough(String message) {
        ModelRunException e = assertThrows(ModelRunException.class, () -> EngineMemory.run(FOLDER, PURPOSE, () -> {
            throw new EngineException(message);
        }));
        assertTrue(e.getMessage().contains(FOLDER + ": memory does not suffice for " + PURPOSE), e.getMessage());
        assertEquals(1, e.exitCode());
    }

    @Test
    void namesThemWhenJavaHasNotEnough() {
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        ModelRunException e = assertThrows(ModelRunException.class, () -> EngineMemory.run(FOLDER, PURPOSE, () -> {
            throw full;
        }));
        assertSame(full, e.getCause());
    }

    @Test
    void leavesOtherFailuresOfTheEngineAsTheyAre() {
        EngineException other = new EngineException("expected scalar type Half but found Float");
        assertSame(other, assertThrows(EngineException.class, () -> EngineMemory.run(FOLDER, PURPOSE, () -> {
            throw other;
        })));
    }

    @Test
    void refusesWeightsThatExceedTheMemory() {
        EngineMemory.checkWeights(FOLDER, 1, 16_000_000_000L, 16_000_000_000L);
        ModelRunException e = assertThrows(
                ModelRunException.class, () -> EngineMemory.checkWeights(FOLDER, 3, 28_000_000_000L, 16_000_000_000L));
        assertTrue(e.getMessage().contains("the weights of 3 models"), e.getMessage());
        assertTrue(e.getMessage().contains("they take 28.0 GB, and there are 16.0 GB"), e.getMessage());
    }

    @Test
    void offersTheProcessorToAnAcceleratorOnly() {
        assertTrue(EngineMemory.elsewhere(Device.gpu(0)).contains("--device cpu"));
        assertFalse(EngineMemory.elsewhere(Device.cpu()).contains("--device"));
    }
}
