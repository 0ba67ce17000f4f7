package org.llmmerging.merge;

import java.util.List;
import java.util.stream.Collectors;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;

/**
 * Why merges of one file cannot be planned. The exit code is that of a configuration when one is to be corrected, as
 * where a single merge has problems of several kinds; else that of the first failure.
 */
final class SeveralFailures extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param failures of the merges in their order, at least one */
    SeveralFailures(List<MergingException> failures) {
        this(failures, failures.stream()
                .filter(ConfigException.class::isInstance)
                .findFirst()
                .orElse(failures.getFirst()));
    }

    private SeveralFailures(List<MergingException> failures, MergingException first) {
        super(
                first.exitCode(),
                failures.stream().map(MergingException::getMessage).collect(Collectors.joining("\n")),
                first);
    }
}
