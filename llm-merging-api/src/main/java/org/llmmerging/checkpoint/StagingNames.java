package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the hidden files and folders beside an output: {@code .NAME.tmp-PID-RANDOM} while it is written,
 * {@code .NAME.old-PID-RANDOM} for what it replaces, and {@code .NAME.lock-PID-RANDOM} while a process is at work on
 * the two. What follows the kind is the id of that work.
 *
 * @param target the output: absolute, links resolved
 * @param parent the folder that holds it
 * @param name its last component
 */
record StagingNames(Path target, Path parent, String name) {
    static final String NEW = "tmp-";
    static final String OLD = "old-";
    static final String LOCK = "lock-";

    private static final Pattern HIDDEN = Pattern
            .compile("(?<kind>" + NEW + "|" + OLD + "|" + LOCK + ")(?<id>\\d{1,18}-[0-9a-f]+)");
    private static final Pattern HIDDEN_OF_ANY = Pattern.compile("\\.(?<name>.+)\\." + HIDDEN.pattern());

    /** @throws OutputException for a file system's root, which has no parent */
    static StagingNames of(Path given) {
        Path target = RealPath.of(given);
        Path parent = target.getParent();
        Path last = target.getFileName();
        if (parent == null || last == null) {
            throw new OutputException(given, "is the root of a file system. Name a folder in it");
        }
        return new StagingNames(target, parent, last.toString());
    }

    Path path(String kind, String id) {
        return parent.resolve(prefix() + kind + id);
    }

    /** Whether a file's name is one of these. */
    boolean contain(String fileName) {
        return hidden(fileName).matches();
    }

    /** Whether a file's name is one of these for some output whose name fits. */
    static boolean areOf(Predicate<String> output, String fileName) {
        Matcher hidden = HIDDEN_OF_ANY.matcher(fileName);
        return hidden.matches() && output.test(String.valueOf(hidden.group("name")));
    }

    /** The ids of all that is there. */
    Set<String> ids() throws IOException {
        Set<String> ids = new TreeSet<>();
        for (Path sibling : FolderTree.children(parent)) {
            Matcher hidden = hidden(String.valueOf(sibling.getFileName()));
            if (hidden.matches()) {
                ids.add(hidden.group("id"));
            }
        }
        return ids;
    }

    private Matcher hidden(String fileName) {
        boolean isSibling = fileName.startsWith(prefix());
        return HIDDEN.matcher(isSibling ? fileName.substring(prefix().length()) : "");
    }

    private String prefix() {
        return "." + name + ".";
    }
}
