package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.FileProblem;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.Evaluation;
import picocli.CommandLine.Option;

/** What candidates are scored on while a merge is searched for. */
final class ValidationOption {
    @Option(
            names = "--validation_filepaths",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Data sets that a name such as soup_greedy_llama2 chooses by. Default: every CSV file in"
                    + " data/validation.")
    private List<Path> files = new ArrayList<>();

    /** Whether sets were named. */
    boolean isGiven() {
        return !files.isEmpty();
    }

    /** All rows of each set: those of files that were named are read now, the kit's own when they are asked for. */
    Supplier<List<Dataset>> reader(Installation installation, boolean skipBadRows) {
        if (files.isEmpty()) {
            return () -> read(csvFiles(installation.validationSets()), skipBadRows);
        }
        List<Dataset> sets = read(files, skipBadRows);
        return () -> sets;
    }

    private static List<Dataset> read(List<Path> files, boolean skipBadRows) {
        List<Dataset> sets = files.stream().map(file -> Dataset.read(file, skipBadRows)).toList();
        Evaluation.checkNames(sets);
        return sets;
    }

    private static List<Path> csvFiles(Path folder) {
        try {
            List<Path> found = FolderTree.children(folder).stream()
                    .filter(file -> file.toString().endsWith(".csv"))
                    .toList();
            if (found.isEmpty()) {
                throw new ConfigException(folder + ": there is no CSV file. Name sets with --validation_filepaths");
            }
            return found;
        } catch (IOException e) {
            throw new ConfigException(
                    folder + ": cannot be read (" + FileProblem.of(e) + "). Name sets with --validation_filepaths", e);
        }
    }
}
