package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.OtherProcess.Waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.llmmerging.checkpoint.OtherProcess.start;
import static org.llmmerging.checkpoint.OutputFixture.write;

class StagedFolderTest {
    @TempDir
    Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() throws IOException {
        parent = parent.toRealPath();
        target = parent.resolve("out");
    }

    private List<String> siblings() {
        return OutputFixture.names(parent);
    }

    private String content() throws IOException {
        return OutputFixture.content(target);
    }

    private String refusal() {
        return OutputFixture.refusal(parent, target);
    }

    @Test
    void checkingRefusesWhereNothingMayBeWrittenAndWritesNothing() throws IOException {
        StagedFolder.check(target.resolve("new"), List.of());
        assertEquals(List.of(), OutputFixture.names(parent));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(parent), "this user may write anywhere");
        OutputException refusal = assertThrows(
                OutputException.class, () -> StagedFolder.check(target.resolve("new"), List.of()));
        assertTrue(String.valueOf(refusal.getMessage()).contains(parent + " may not be changed"));
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

    /** The hidden folder is gone when the message is read. */
    @Test
    void whatCannotBeWrittenIsNamedAsTheTargets() {
        IOException full = new IOException("No space left on device");
        String remedy = ": the disk is full. Free some space or name a folder on another disk";
        assertEquals(target + remedy, failure(_ -> {
            throw full;
        }));
        assertEquals(target.resolve("a/b.json") + remedy, failure(folder -> {
            throw OutputException.of(folder.resolve("a/b.json"), full, 0);
        }));
        assertEquals(target + ": refused", failure(folder -> {
            throw new OutputException(folder, "refused");
        }));
        assertEquals(parent + ": refused", failure(_ -> {
            throw new OutputException(parent, "refused");
        }));
    }

    private String failure(StagedContent content) {
        try (StagedFolder staged = StagedFolder.create(target)) {
            return String.valueOf(assertThrows(OutputException.class, () -> staged.write(content)).getMessage());
        }
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
    void refusesAParentThatIsAFile() throws IOException {
        target = Files.createFile(parent.resolve("file")).resolve("out");
        assertTrue(refusal().contains("lies in the file " + parent.resolve("file")));
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
