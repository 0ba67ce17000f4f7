package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.Evaluation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which rows of which data sets a model is scored on. */
final class DatasetOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before read()
    private CommandSpec spec;

    @Option(
            names = {"--dataset_filepaths", "--all_dataset_filepaths"},
            arity = "1..*",
            paramLabel = "FILE",
            description = "Data sets to score on. Default: cosmos_qa.csv and xsum.csv in data/validation.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Score on the first N rows of each set only.")
    private @Nullable Integer limit;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "With --limit: choose the rows at random, the same rows for the same seed.")
    private @Nullable Long seed;

    @Mixin
    private final SkipBadRowsOption badRows = new SkipBadRowsOption();

    /** The rows, with all that is wrong with the sets found before any model is opened. */
    List<Dataset> read(Installation installation) {
        if (seed != null && limit == null) {
            throw new ParameterException(spec.commandLine(),
                    "--seed chooses the rows of --limit, which is not given. Add --limit N");
        }
        List<Path> chosen = files.isEmpty()
                ? List.of(
                        installation.validationSets().resolve("cosmos_qa.csv"),
                        installation.validationSets().resolve("xsum.csv"))
                : files;
        List<Dataset> sets = chosen.stream().map(file -> limited(Dataset.read(file, badRows.skips()))).toList();
        Evaluation.checkNames(sets);
        return sets;
    }

    /** Whether rows that cannot be scored are left out. */
    boolean skipsBadRows() {
        return badRows.skips();
    }

    private Dataset limited(Dataset dataset) {
        if (limit == null) {
            return dataset;
        }
        return seed == null ? dataset.limit(limit) : dataset.sample(limit, seed);
    }
}
