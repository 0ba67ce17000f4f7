package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Names of the hidden folders beside an output folder: {@code .NAME.tmp-PID-RANDOM} while it is written and
 * {@code .NAME.old-PID-RANDOM} for what it replaces.
 *
 * @param target the output folder: absolute, links resolved
 * @param parent the folder that holds it
 * @param name its last component
 */
record StagingNames(Path target, Path parent, String name) {
    static final String NEW = "tmp-";
    static final String OLD = "old-";

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

    /** What all names of this kind start with. */
    String prefix(String kind) {
        return "." + name + "." + kind;
    }

    /** A name that this process has not used yet. */
    Path fresh(String kind) {
        String random = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        return parent.resolve(prefix(kind) + ProcessHandle.current().pid() + "-" + random);
    }
}
