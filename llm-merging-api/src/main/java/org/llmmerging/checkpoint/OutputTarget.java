package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** What may be replaced by an output folder, and what may not. */
final class OutputTarget {
    private static final Set<String> OUTPUTS = Set.of("manifest.json", "scores.json", "dam.json");
    private static final Set<String> TRAINING_SET = Set.of("dataset.json", "train.jsonl");
    private static final Set<String> WEIGHTS = Set.of(WeightFiles.SINGLE, WeightFiles.INDEX);

    private OutputTarget() {}

    /** @throws OutputException naming the remedy, when the target is an input or something that is not ours */
    static void check(Path target, Collection<Path> inputs) {
        for (Path input : inputs) {
            Path real = real(input);
            if (real.startsWith(target) || target.startsWith(real)) {
                throw new OutputException(target, "is, holds or lies within the input " + input
                        + ". Inputs are never written to: name another output folder");
            }
        }
        if (Files.isDirectory(target)) {
            checkReplaceable(target);
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new OutputException(target, "is a file, expected a folder. Name another output folder");
        }
    }

    private static void checkReplaceable(Path target) {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(target)) {
            content.forEach(each -> names.add(String.valueOf(each.getFileName())));
        } catch (IOException e) {
            throw OutputException.of(target, e, 0);
        }
        boolean isModel = names.contains("config.json") && names.stream().anyMatch(WEIGHTS::contains);
        boolean isResult = names.stream().anyMatch(OUTPUTS::contains) || names.containsAll(TRAINING_SET);
        if (!names.isEmpty() && !isModel && !isResult) {
            throw new OutputException(target, "is not empty and not an earlier output (it holds " + Quoting.list(names)
                    + "). Empty it or name another output folder");
        }
    }

    private static Path real(Path input) {
        try {
            return input.toRealPath();
        } catch (IOException e) {
            return input.toAbsolutePath().normalize();
        }
    }
}
