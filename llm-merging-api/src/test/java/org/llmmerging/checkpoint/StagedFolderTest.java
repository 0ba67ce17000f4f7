package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

class StagedFolderTest {
    /** Beyond what any system hands out. */
    private static final String DEAD = "999999999";

    @TempDir
    Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() throws IOException {
        parent = parent.toRealPath();
        target = parent.resolve("out");
    }

    private List<String> siblings() {
        String[] names = parent.toFile().list();
        return names == null ? List.of() : Arrays.stream(names).sorted().toList();
    }

    private void write(Path folder, String content) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("model.safetensors"), content);
    }

    private String content() throws IOException {
        return Files.readString(target.resolve("model.safetensors"));
    }

    private String refusal(Path... inputs) {
        List<String> before = siblings();
        OutputException problem = assertThrows(
                OutputException.class, () -> StagedFolder.create(target, List.of(inputs)).close());
        assertEquals(4, problem.exitCode());
        assertEquals(before, siblings(), "nothing is left behind");
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(target.toString()), message);
        return message;
    }

    /** The other process publishes between the last look and the renaming. */
    @Test
    void whatAnotherProcessPublishesAtTheLastMomentStays() throws IOException {
        AtomicBoolean isAsked = new AtomicBoolean();
        List<String> warnings = new ArrayList<>();
        try (StagedFolder staged = StagedFolder.create(target)) {
            write(staged.path(), "mine");
            staged.commitUnless(() -> {
                if (!isAsked.getAndSet(true)) {
                    publishTheirs();
                    return false;
                }
                return true;
            }, warnings::add);
        }
        assertEquals("theirs", Files.readString(target.resolve("model.safetensors")));
        assertEquals(List.of("out"), List.of(target.getParent().toFile().list()));
        assertEquals(List.of(), warnings);
    }

    private void publishTheirs() {
        try {
            write(target, "theirs");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTargetAppearsWholeOnCommit() throws IOException {
        try (StagedFolder staged = StagedFolder.create(target)) {
            assertEquals(parent, staged.path().getParent());
            assertTrue(staged.path().getFileName().toString().startsWith(
                    ".out.tmp-" + ProcessHandle.current().pid() + "-"));
            write(staged.path().resolve("nested"), "inner");
            write(staged.path(), "new");
            assertFalse(Files.exists(target));
            assertEquals(target, staged.commit(Assertions::fail));
        }
        assertEquals("new", content());
        assertTrue(Files.exists(target.resolve("nested/config.json")));
        assertEquals(List.of("out"), siblings());
    }

    @Test
    void nothingIsLeftWithoutACommit() throws IOException {
        try (StagedFolder staged = StagedFolder.create(target)) {
            write(staged.path().resolve("nested"), "inner");
        }
        assertEquals(List.of(), siblings());
    }

    @Test
    void createsMissingParentsAndDeletesThemAgainWithoutACommit() throws IOException {
        Path deep = parent.resolve("a/b/out");
        StagedFolder.create(deep).close();
        assertEquals(List.of(), siblings());
        try (StagedFolder staged = StagedFolder.create(deep)) {
            staged.commit(Assertions::fail);
        }
        assertTrue(Files.isDirectory(deep));
    }

    @Test
    void replacesAnEarlierOutput() throws IOException {
        write(target, "old");
        Files.writeString(target.resolve("model-00001-of-00002.safetensors"), "stale");
        try (StagedFolder staged = StagedFolder.create(target)) {
            write(staged.path(), "new");
            assertEquals("old", content());
            staged.commit(Assertions::fail);
        }
        assertEquals("new", content());
        assertFalse(Files.exists(target.resolve("model-00001-of-00002.safetensors")));
        assertEquals(List.of("out"), siblings());
    }

    @Test
    void theNewFolderIsInPlaceAlsoWhenTheOldOneCannotBeDeleted() throws IOException {
        write(target, "old");
        try (StagedFolder staged = StagedFolder.create(target, List.of(), _ -> {
            throw new IOException("Operation not permitted");
        })) {
            write(staged.path(), "new");
            List<String> warnings = new ArrayList<>();
            assertEquals(target, staged.commit(warnings::add));
            assertEquals(
                    List.of(target + " is written, but what it replaced cannot be deleted (Operation not permitted)."
                            + " Delete " + parent.resolve(siblings().getFirst()) + " by hand"),
                    warnings);
        }
        assertEquals("new", content());
        assertEquals(2, siblings().size(), "closing leaves the old folder to the user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "scores.json,scores.jsonl,predictions", "config.json,model.safetensors.index.json,README.md",
                "dam.json,coefficients.safetensors", "dataset.json,train.jsonl",
                "config.json,model.safetensors,tokenizer.json",
            })
    void replacesWhatIsEmptyOrLooksLikeAnOutput(String files) throws IOException {
        Files.createDirectory(target);
        for (String file : files.split(",", 0)) {
            if (!file.isEmpty()) {
                Files.createFile(target.resolve(file));
            }
        }
        StagedFolder.create(target).close();
        if (!files.isEmpty()) {
            Files.createFile(target.resolve("notes.txt"));
            assertTrue(refusal().contains("holds \"notes.txt\", which is no part of an earlier output"));
        }
    }

    @Test
    void replacesPredictionsAndNothingThatLiesAmongThem() throws IOException {
        Path predictions = Files.createDirectories(target.resolve("predictions"));
        Files.createFile(target.resolve("scores.json"));
        for (String file : List.of("xsum.csv", "xsum.jsonl", ".xsum.csv.tmp-" + DEAD + "-1f")) {
            Files.createFile(predictions.resolve(file));
        }
        StagedFolder.create(target).close();
        Files.createFile(predictions.resolve("thesis.txt"));
        Files.createFile(target.resolve("notes.txt"));
        assertTrue(refusal().contains("holds \"notes.txt\", \"predictions/thesis.txt\", which is no part"));
    }

    @Test
    void replacesWhatAManifestOfOursLists() throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve("soup.txt"));
        Path manifest = target.resolve("manifest.json");
        Files.writeString(manifest, "{\"name\": \"an extension of a browser\", \"files\": [{\"name\": \"soup.txt\"}]}");
        assertTrue(refusal().contains("not an earlier output"));
        Files.writeString(manifest, "{\"method\": \"linear\", \"files\": [{\"name\": \"soup.txt\"}]}");
        StagedFolder.create(target).close();
        Files.writeString(manifest, "{\"generator\": \"x\", \"files\": {\"base/config.json\": {}, \"soup.txt\": {}}}");
        Files.createDirectory(target.resolve("base"));
        StagedFolder.create(target).close();
        Files.createDirectory(target.resolve("other"));
        assertTrue(refusal().contains("holds \"other\""));
    }

    @Test
    void replacesWhatHoldsTheRestsOfAKilledWriteOfAFileOfAnOutput() throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve(".scores.json.lock-" + DEAD + "-1f"));
        StagedFolder.create(target).close();
        Files.createFile(target.resolve(".scores.json.tmp-" + DEAD + "-1f"));
        Files.createFile(target.resolve("scores.json"));
        StagedFolder.create(target).close();
        Files.createFile(target.resolve(".thesis.txt.tmp-" + DEAD + "-1f"));
        assertTrue(refusal().contains("holds \".thesis.txt.tmp-" + DEAD + "-1f\", which is no part"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"thesis.txt", "config.json", "model.safetensors", "manifest.json"})
    void refusesToReplaceAnythingElse(String file) throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve(file));
        assertTrue(refusal().contains("not an earlier output (it holds \"" + file + "\")"));
    }

    @Test
    void refusesToReplaceWhatCameIntoTheTargetMeanwhile() throws IOException {
        try (StagedFolder staged = StagedFolder.create(target)) {
            Files.createDirectory(target);
            Files.createFile(target.resolve("thesis.txt"));
            assertThrows(OutputException.class, () -> staged.commit(Assertions::fail));
        }
        assertEquals(List.of("out"), siblings());
        assertTrue(Files.exists(target.resolve("thesis.txt")));
    }

    @Test
    void refusesAFile() throws IOException {
        Files.createFile(target);
        assertTrue(refusal().contains("is a file, expected a folder"));
    }

    @Test
    void refusesALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(target, parent.resolve("gone"));
        assertTrue(refusal().contains("is a file, expected a folder"));
    }

    @Test
    void refusesAParentThatIsAFile() throws IOException {
        target = Files.createFile(parent.resolve("file")).resolve("out");
        assertTrue(refusal().contains("cannot be written"));
    }

    @Test
    void refusesTheRoot() {
        assertThrows(OutputException.class, () -> StagedFolder.create(Path.of("/")).close());
    }

    @Test
    void refusesAParentThatMayNotBeWritten() throws IOException {
        Path locked = Files.createDirectory(parent.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(locked), "the superuser writes everywhere");
        target = locked.resolve("out");
        assertTrue(refusal().contains("may not be written"));
    }

    @Test
    void refusesAnInputItsParentAndItsContent() throws IOException {
        write(target, "input");
        assertTrue(refusal(target).contains("the input " + target));
        Path link = Files.createSymbolicLink(parent.resolve("link"), target);
        assertTrue(refusal(link).contains("Inputs are never written to"));
        Path inside = target.resolve("model.safetensors");
        assertTrue(refusal(inside).contains("the input " + inside));
        Path input = target;
        target = link.resolve("inner");
        assertThrows(OutputException.class, () -> StagedFolder.create(target, List.of(input)).close());
        target = input.resolve("inner");
        assertTrue(refusal(input).contains("the input " + input));
        target = parent.resolve("out2");
        StagedFolder.create(target, List.of(input)).close();
    }

    @Test
    void writesThroughALinkToAFolder() throws IOException {
        Path real = Files.createDirectory(parent.resolve("real"));
        Files.createSymbolicLink(target, real);
        try (StagedFolder staged = StagedFolder.create(target)) {
            write(staged.path(), "new");
            assertEquals(real, staged.commit(Assertions::fail));
        }
        assertTrue(Files.isSymbolicLink(target));
        assertEquals("new", content());
    }

    @Test
    void removesWhatAKilledProcessLeft() throws IOException {
        write(parent.resolve(".out.tmp-" + DEAD + "-1f"), "half");
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }

    @Test
    void restoresTheOldFolderOfAProcessKilledBetweenItsTwoRenames() throws IOException {
        write(parent.resolve(".out.old-" + DEAD + "-1f"), "old");
        write(parent.resolve(".out.tmp-" + DEAD + "-2f"), "new");
        StagedFolder.create(target).close();
        assertEquals("old", content());
        assertEquals(List.of("out"), siblings());
    }

    @Test
    void finishesTheReplacementOfAProcessKilledAfterItsRenames() throws IOException {
        write(parent.resolve(".out.old-" + DEAD + "-1f"), "old");
        write(target, "new");
        StagedFolder.create(target).close();
        assertEquals("new", content());
        assertEquals(List.of("out"), siblings());
    }

    @Test
    void recognisesAProcessNumberThatWasGivenToAnother() throws IOException {
        Path left = parent.resolve(".out.tmp-" + ProcessHandle.current().pid() + "-1f");
        write(left, "half");
        Files.setLastModifiedTime(left, FileTime.from(Instant.EPOCH));
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }

    @Test
    void leavesAloneWhatOtherLivingProcessesAndOtherTargetsHave() throws IOException {
        List<String> others = List.of(".out.tmp-" + ProcessHandle.current().pid() + "-1f",
                ".out.tmp-notes", ".out2.tmp-" + DEAD + "-1f", "out.tmp-" + DEAD + "-1f");
        for (String other : others) {
            write(parent.resolve(other), "other");
        }
        StagedFolder.create(target).close();
        assertEquals(others.stream().sorted().toList(), siblings());
    }

    @Test
    void committingTwiceIsAMistake() {
        try (StagedFolder staged = StagedFolder.create(target)) {
            staged.commit(Assertions::fail);
            assertThrows(IllegalStateException.class, () -> staged.commit(Assertions::fail));
        }
        assertTrue(Files.isDirectory(target));
    }

    @Test
    void deletingDoesNotFollowLinks() throws IOException {
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.createFile(elsewhere.resolve("kept"));
        try (StagedFolder staged = StagedFolder.create(target)) {
            Files.createSymbolicLink(staged.path().resolve("link"), elsewhere);
        }
        assertTrue(Files.exists(elsewhere.resolve("kept")));
    }

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

    @ParameterizedTest
    @ValueSource(strings = {".out.tmp-", ".out.old-"})
    void leavesWhatALockSaysIsInUseWhateverTheProcessNumber(String kind) throws IOException, InterruptedException {
        Path lock = Files.createFile(parent.resolve(".out.lock-" + DEAD + "-1f"));
        write(parent.resolve(kind + DEAD + "-1f"), "half");
        List<String> before = siblings();
        Process other = start(Locking.class, lock);
        assertEquals("locked", other.inputReader().readLine());
        StagedFolder.create(target).close();
        assertEquals(before, siblings());
        other.destroyForcibly();
        assertTrue(other.waitFor(20, TimeUnit.SECONDS));
        StagedFolder.create(target).close();
        assertEquals(kind.contains("old") ? List.of("out") : List.of(), siblings());
    }

    @Test
    void removesWhatNobodyLocksAlthoughAProcessHasTheNumber() throws IOException {
        String id = ProcessHandle.current().pid() + "-1f";
        Files.createFile(parent.resolve(".out.lock-" + id));
        write(parent.resolve(".out.tmp-" + id), "half");
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }

    @Test
    void removesALockWithNothingBesideIt() throws IOException {
        Files.createFile(parent.resolve(".out.lock-" + DEAD + "-1f"));
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }

    @Test
    void cleaningUpKeepsTheLocksOfThisProcess() throws IOException, InterruptedException {
        try (StagedFolder _ = StagedFolder.create(target)) {
            StagedFolder.create(target).close();
            List<String> before = siblings();
            assertEquals(2, before.size(), before::toString);
            Process other = start(Waiting.class, target);
            assertEquals("staged", other.inputReader().readLine());
            assertTrue(siblings().containsAll(before), () -> siblings().toString());
            other.destroy();
            assertTrue(other.waitFor(20, TimeUnit.SECONDS));
            assertEquals(before, siblings());
        }
        assertEquals(List.of(), siblings());
    }

    @Test
    void cleaningUpKeepsTheLockOfAThreadThatCleansUp() throws IOException, InterruptedException {
        String id = DEAD + "-1f";
        Files.createFile(parent.resolve(".out.lock-" + id));
        write(parent.resolve(".out.tmp-" + id), "half");
        try (StagingClaim claim = StagingClaim.ofAbandoned(StagingNames.of(target), id)) {
            assertNotNull(claim);
            StagedFolder.create(target).close(); // as another thread does
            Process other = start(Waiting.class, target);
            assertEquals("staged", other.inputReader().readLine());
            assertTrue(Files.exists(parent.resolve(".out.tmp-" + id)), () -> siblings().toString());
            other.destroy();
            assertTrue(other.waitFor(20, TimeUnit.SECONDS));
        }
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }

    /** Stages a folder and waits, for the tests that end a process. */
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

    private static Process start(Class<?> program, Path argument) throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"),
                program.getName(), argument.toString()).redirectErrorStream(true).start();
    }

    private Process startWaiting() throws IOException {
        Process process = start(Waiting.class, target);
        assertEquals("staged", process.inputReader().readLine());
        assertEquals(2, siblings().size(), "the folder and its lock");
        return process;
    }

    @Test
    void aProcessEndedByASignalLeavesNothing() throws IOException, InterruptedException {
        Process process = startWaiting();
        process.destroy();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(List.of(), siblings());
    }

    @Test
    void whatAKilledProcessLeavesGoesWithTheNext() throws IOException, InterruptedException {
        Process process = startWaiting();
        process.destroyForcibly();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(2, siblings().size());
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
    }
}
