package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.eval.task.Dataset;
import picocli.CommandLine.Option;

/** Which data sets a model is scored on. */
final class DatasetOption {
    @Option(
            names = {"--dataset_filepaths", "--all_dataset_filepaths"},
            arity = "1..*",
            paramLabel = "FILE",
            description = "Data sets to score on. Default: cosmos_qa.csv and xsum.csv in data/validation.")
    private List<Path> files = new ArrayList<>();

    List<Dataset> read(Installation installation) {
        List<Path> chosen = files.isEmpty()
                ? List.of(
                        installation.validationSets().resolve("cosmos_qa.csv"),
                        installation.validationSets().resolve("xsum.csv"))
                : files;
        return chosen.stream().map(Dataset::read).toList();
    }
}
