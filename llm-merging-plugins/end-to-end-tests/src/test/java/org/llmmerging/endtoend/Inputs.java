package org.llmmerging.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Small files that commands are run on, and a look at the files they leave. */
final class Inputs {
    /** What a data set starts with. */
    static final String HEADER = "id,input,target,answer_choices,eval_type\n";

    private Inputs() {}

    /** Two rows with answers to choose from, named {@code quiz}. */
    static Path quiz(Path folder) throws IOException {
        return Files.writeString(folder.resolve("quiz.csv"), HEADER
                + "a,\"Two and\ntwo?\",1,\"['three', 'four']\",multiple_choice\n"
                + "b,Which is a colour?,0,\"['red', 'loud', 'seven']\",multiple_choice\n");
    }

    /** One row to write a text for, named {@code hello}. */
    static Path hello(Path folder) throws IOException {
        return Files.writeString(folder.resolve("hello.csv"), HEADER + "7,Say hello.,Hello there.,None,generation\n");
    }

    /** The text of a configuration in {@code configs/}. */
    static String config(String name) throws IOException {
        return Files.readString(Kit.REPOSITORY.resolve("configs").resolve(name + ".yaml"));
    }

    /** Copies a file or a folder with all that is in it. */
    static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    /** Every file and folder below a folder, as paths relative to it, hidden ones included. */
    static TreeSet<String> tree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.equals(folder))
                    .map(file -> folder.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
