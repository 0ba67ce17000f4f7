package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmmerging.checkpoint.OtherProcess.DEAD;
import static org.llmmerging.checkpoint.OutputFixture.write;

class LeftoversTest {
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

    private String content() throws IOException {
        return OutputFixture.content(target);
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
    void leavesAloneWhatOtherLivingProcessesAndOtherTargetsHave() throws IOException {
        List<String> others = List.of(".out.tmp-" + ProcessHandle.current().pid() + "-1f",
                ".out.tmp-notes", ".out2.tmp-" + DEAD + "-1f", "out.tmp-" + DEAD + "-1f");
        for (String other : others) {
            write(parent.resolve(other), "other");
        }
        StagedFolder.create(target).close();
        assertEquals(others.stream().sorted().toList(), siblings());
    }
}
