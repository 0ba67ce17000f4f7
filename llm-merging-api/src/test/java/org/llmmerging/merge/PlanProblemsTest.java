package org.llmmerging.merge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.llmmerging.merge.GoldenModels.notes;

/**
 * What is wrong with a configuration is reported before any weight is read: all of it, where it stands, and the remedy.
 */
class PlanProblemsTest {
    private static final Path MODELS = GoldenModels.ROOT;
    private static final String ACCEPTED = "accepted";

    @TempDir
    private Path folder;

    /** A configuration and what planning it says. */
    record Case(String name, String configuration, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws IOException {
        try (InputStream table = PlanProblemsTest.class.getResourceAsStream("plan-problems.txt")) {
            String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
            List<Case> cases = new ArrayList<>();
            for (String section : text.substring(text.indexOf("### ")).split("(?m)^### ")) {
                String[] parts = section.split("(?m)^=>$", 2);
                if (parts.length == 2) {
                    String[] named = parts[0].split("\n", 2);
                    cases.add(new Case(named[0], named[1], parts[1].strip()));
                }
            }
            return cases;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tellsAllThatIsWrong(Case problem) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), problem.configuration());
        if (problem.expected().equals(ACCEPTED)) {
            assertEquals(List.of(), notes(file));
            return;
        }
        MergingException refusal = assertThrows(MergingException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage())
                .replace(file.toString(), "c.yml")
                .replace(MODELS + "/", "");
        assertEquals(problem.expected(), told.strip());
        assertEquals(told.contains("c.yml:") ? 2 : 3, refusal.exitCode());
    }

    @Test
    void aPatternThatMatchesNothingIsReportedOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                merge_method: linear
                models: [{model: none/*, parameters: {weight: 1}}]
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        assertEquals(1, String.valueOf(refusal.getMessage()).lines().count(), refusal.getMessage());
    }
}
