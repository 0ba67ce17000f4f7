package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A process beside that of the tests, for them to end. */
final class OtherProcess {
    /** The number of none: beyond what any system hands out. */
    static final String DEAD = "999999999";

    private OtherProcess() {}

    /** Locks a file and waits, as a process in another container does with a number that says nothing here. */
    public static final class Locking {
        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.println("locked");
                System.out.flush();
                TimeUnit.MINUTES.sleep(1);
            }
        }
    }

    /** Stages a folder and waits. */
    public static final class Waiting {
        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (StagedFolder staged = StagedFolder.create(Path.of(arguments[0]))) {
                Files.writeString(staged.path().resolve("half"), "");
                System.out.println("staged");
                System.out.flush();
                TimeUnit.MINUTES.sleep(1);
            }
        }
    }

    /** Runs one of these programs, which prints a line when it has got so far as to wait. */
    static Process start(Class<?> program, Path argument) throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"),
                program.getName(), argument.toString()).redirectErrorStream(true).start();
    }
}
