package org.llmmerging.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Stages;
import org.llmmerging.tokenizer.TokenizerFile;

/** Configurations and vocabularies of any content are read, or refused with a message. */
class ConfigFuzzTest {
    @TempDir
    private static Path folder;

    @FuzzTest(maxDuration = "2m")
    void merge(byte[] content) {
        new FuzzedFolder(folder).check("merge.yml", content, file -> Stages.of(MergeConfig.read(file)));
    }

    @FuzzTest(maxDuration = "2m")
    void kit(byte[] content) {
        new FuzzedFolder(folder).check("kit.yaml", content, KitConfig::read);
    }

    @FuzzTest(maxDuration = "2m")
    void vocabulary(byte[] content) {
        new FuzzedFolder(folder).check("tokenizer.json", content, file -> {
            Problems problems = new Problems();
            if (TokenizerFile.read(folder, problems).isEmpty() && problems.isEmpty()) {
                throw new AssertionError("nothing is read, and nothing is wrong");
            }
        });
    }
}
