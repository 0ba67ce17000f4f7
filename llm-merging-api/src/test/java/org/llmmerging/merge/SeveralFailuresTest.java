package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SeveralFailuresTest {
    private static final MergingException MODEL = new CheckpointException(Path.of("a"), "is damaged");
    private static final MergingException OUTPUT = new OutputException(Path.of("b"), "is full");
    private static final MergingException CONFIGURATION = new ConfigException("c: is wrong");

    @Test
    void reportsAll() {
        assertEquals("a: is damaged\nb: is full", new SeveralFailures(List.of(MODEL, OUTPUT)).getMessage());
    }

    @Test
    void isOfTheKindOfTheFirst() {
        assertEquals(4, new SeveralFailures(List.of(OUTPUT, OUTPUT)).exitCode());
        assertEquals(3, new SeveralFailures(List.of(MODEL, OUTPUT)).exitCode());
    }

    @Test
    void isOfAConfigurationWhenOneIsToBeCorrected() {
        assertEquals(2, new SeveralFailures(List.of(MODEL, CONFIGURATION, OUTPUT)).exitCode());
    }
}
