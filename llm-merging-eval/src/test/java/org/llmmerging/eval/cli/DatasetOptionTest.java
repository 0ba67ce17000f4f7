package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.task.DatasetException;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is wrong with the sets is found when they are read, before any model is opened. */
class DatasetOptionTest {
    private static final String ROWS = "id,input,target,answer_choices,eval_type\n1,Why?,so,,generation\n";

    @TempDir
    private Path folder;

    private Path set(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, ROWS);
    }

    @Test
    void setsOfOneNameAreRefused() throws IOException {
        DatasetOption option = CommandLine.populateCommand(
                new DatasetOption(), "--dataset_filepaths", set("a/x.csv").toString(), set("b/x.csv").toString());
        DatasetException refused = assertThrows(DatasetException.class, () -> option.read(new Installation(folder)));
        assertTrue(refused.getMessage().contains("rename one of the files"), refused.getMessage());
    }

    @Test
    void validationSetsThatAreNamedAreReadAtOnce() throws IOException {
        ValidationOption missing = CommandLine.populateCommand(
                new ValidationOption(), "--validation_filepaths", folder.resolve("none.csv").toString());
        assertThrows(DatasetException.class, () -> missing.reader(new Installation(folder), false));
        ValidationOption one = CommandLine.populateCommand(
                new ValidationOption(), "--validation_filepaths", set("x.csv").toString());
        assertEquals(1, one.reader(new Installation(folder), false).get().size());
    }
}
