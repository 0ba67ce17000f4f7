package org.llmmerging.eval.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ./main dam data}: the combined data set that {@code dam train} learns from. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Make the data set that dam train learns from.")
final class DamDataCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
