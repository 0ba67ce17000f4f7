package org.llmmerging.eval.train.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmmerging.Example;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.train.RepositoryFiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files under {@code data/}. */
class StarterDataTest {
    private static final Path DATA = RepositoryFiles.folder("data");

    @TempDir
    private Path temporary;

    @Test
    void theCommittedFilesAreMadeAgainByteForByte() throws IOException {
        new StarterData(StarterData.DEFAULT_SEED).write(temporary);
        List<Path> made;
        try (Stream<Path> files = Files.walk(temporary)) {
            made = files.filter(Files::isRegularFile).map(temporary::relativize).toList();
        }
        assertEquals(3 * 3 + 1, made.size());
        for (Path file : made) {
            assertEquals(-1, Files.mismatch(DATA.resolve(file), temporary.resolve(file)), file.toString());
        }
    }

    @Test
    void onlyAnEmptyFolderOrOneOfItsOwnIsWrittenTo() throws IOException {
        StarterData data = new StarterData(7);
        Path own = temporary.resolve("own");
        data.write(own);
        Files.writeString(own.resolve("README.md"), "what this is");
        data.write(own);
        Path other = Files.createDirectories(temporary.resolve("other/validation")).getParent();
        Path rows = Files.writeString(other.resolve("validation/cosmos_qa.csv"), "id,input\n");
        OutputException e = assertThrows(OutputException.class, () -> data.write(other));
        assertEquals(
                other + ": is not empty, and no folder of starter data. Name another output folder", e.getMessage());
        assertEquals("id,input\n", Files.readString(rows));
        assertThrows(OutputException.class, () -> data.write(rows));
    }

    @Test
    void aRunThatWasBrokenOffCanBeRunAgain() throws IOException {
        StarterData data = new StarterData(7);
        data.write(temporary);
        Files.delete(temporary.resolve("test.csv"));
        Files.delete(temporary.resolve("train/xsum.csv"));
        Files.writeString(temporary.resolve("train/.xsum.csv.tmp-1-1f"), "half");
        data.write(temporary);
        assertTrue(Files.exists(temporary.resolve("test.csv")));
        assertTrue(Files.exists(temporary.resolve("train/xsum.csv")));
    }

    @ParameterizedTest
    @EnumSource
    void noRowOfAFileIsInAnother(Skill skill) {
        Set<String> inputs = new HashSet<>();
        int rows = 0;
        for (String folder : List.of("validation", "test", "train")) {
            Dataset dataset = Dataset.read(DATA.resolve(folder).resolve(skill.dataset() + ".csv"));
            assertEquals(dataset.size(), dataset.scoredCount());
            assertEquals(skill == Skill.SUMMARIES ? 0 : dataset.size(), dataset.multipleChoiceCount());
            dataset.examples().forEach(example -> inputs.add(example.input()));
            rows += dataset.size();
        }
        assertEquals(800, rows);
        assertEquals(rows, inputs.size());
    }

    @Test
    void theTestSetMixesAllSkillsWithoutTargets() {
        Dataset dataset = Dataset.read(DATA.resolve("test.csv"));
        assertEquals(List.of(60, 40, 0), List.of(dataset.size(), dataset.multipleChoiceCount(), dataset.scoredCount()));
        List<String> known = new ArrayList<>();
        for (Skill skill : Skill.values()) {
            Dataset.read(DATA.resolve("test").resolve(skill.dataset() + ".csv"))
                    .examples()
                    .forEach(example -> known.add(example.input()));
        }
        for (Example example : dataset.examples()) {
            assertTrue(known.contains(example.input()), example.input());
        }
    }
}
