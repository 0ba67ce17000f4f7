package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.OtherProcess.Locking;
import org.llmmerging.checkpoint.OtherProcess.Waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.checkpoint.OtherProcess.DEAD;
import static org.llmmerging.checkpoint.OtherProcess.start;
import static org.llmmerging.checkpoint.OutputFixture.write;

/** Who may clean up beside an output: a lock says so where there is one, the number of a process where there is none. */
class StagingClaimTest {
    @TempDir
    Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = parent.resolve("out");
    }

    private List<String> siblings() {
        return OutputFixture.names(parent);
    }

    @Test
    void recognisesAProcessNumberThatWasGivenToAnother() throws IOException {
        Path left = parent.resolve(".out.tmp-" + ProcessHandle.current().pid() + "-1f");
        write(left, "half");
        Files.setLastModifiedTime(left, FileTime.from(Instant.EPOCH));
        StagedFolder.create(target).close();
        assertEquals(List.of(), siblings());
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
}
