package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.task.Dataset;
import picocli.CommandLine.Option;

/** What candidates are scored on while a merge is searched for. */
final class ValidationOption {
    @Option(
            names = {"--validation_filepaths", "--validation-filepaths"},
            arity = "1..*",
            paramLabel = "FILE",
            description = "Data sets that a name such as soup_greedy_llama2 chooses by. Default: every CSV file in"
                    + " data/validation.")
    private List<Path> files = new ArrayList<>();

    /** All rows of each set. */
    List<Dataset> read(Installation installation, boolean skipBadRows) {
        List<Path> chosen = files.isEmpty() ? csvFiles(installation.validationSets()) : files;
        return chosen.stream().map(file -> Dataset.read(file, skipBadRows)).toList();
    }

    private static List<Path> csvFiles(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            List<Path> found = content.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
            if (found.isEmpty()) {
                throw new ConfigException(folder + ": there is no CSV file. Name sets with --validation_filepaths");
            }
            return found;
        } catch (IOException e) {
            throw new ConfigException(
                    folder + ": cannot be read (" + e.getMessage() + "). Name sets with --validation_filepaths", e);
        }
    }
}
