package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.eval.train.dam.DamTraining.Earlier;
import org.llmmerging.eval.train.dam.DamTraining.Logits;
import org.llmmerging.eval.train.dam.LlamaTraining.Steps;
import org.llmmerging.eval.train.dam.data.DamColumnGroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.eval.train.dam.LlamaTraining.settings;

/** A training takes a data set of its models only, each in its place. */
class DatasetMatchTest {
    @TempDir
    private Path folder;

    private LlamaTraining training;
    private List<DamColumnGroup> groups;
    private List<String> said;
    private List<String> warned;
    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        training = new LlamaTraining(folder);
        groups = training.groups();
        said = training.said();
        warned = training.warned();
        data = dataset("data", groups);
    }

    private Path train(String name, TrainingSettings settings, Earlier earlier, TrainingListener listener) {
        return training.train(name, data, Logits.LIVE, settings, earlier, listener);
    }

    private Path dataset(String name, List<DamColumnGroup> of) {
        return training.dataset(name, of);
    }

    @Test
    void refusesADataSetOfOtherModels() {
        data = dataset("three", List.of(groups.getFirst(), groups.getLast(), groups.getLast()));
        assertRefused("rows of 3 models, the merge has 2");
    }

    @Test
    void refusesADataSetOfTheModelsInAnotherOrder() {
        data = dataset("reversed", groups.reversed());
        assertRefused("has rows of " + groups.getLast().model() + " where the merge has " + groups.getFirst().model()
                + ", and the two differ");
    }

    @Test
    void refusesADataSetOfAnotherStateOfAModel() {
        DamColumnGroup first = groups.getFirst();
        data = dataset("earlier", List.of(like(first, false, "f", first.tokenizerSha256()), groups.getLast()));
        assertRefused(" where the merge has " + first.model() + ", which is another model or has changed since");
    }

    @Test
    void refusesADataSetOfAnotherBase() {
        data = dataset("base", List.of(groups.getFirst(), groups.getLast(), like(groups.getFirst(), true, "f", "0")));
        assertRefused("has rows of " + groups.getFirst().model() + " where the merge has");
    }

    @Test
    void comparesTheTokenizersOfADataSetThatDoesNotSayWhichModelsItIsOf() {
        List<DamColumnGroup> unsaid = groups.stream()
                .map(group -> like(group, false, null, group.tokenizerSha256()))
                .toList();
        data = dataset("unsaid", unsaid);
        train("out", settings(0.01), Earlier.REFUSE, new Steps());
        assertTrue(warned.getFirst().contains("does not say which models it is of"), warned::toString);
        assertEquals(List.of(), said);
        data = dataset("other", List.of(unsaid.getFirst(), like(unsaid.getLast(), false, null, "0".repeat(64))));
        assertRefused("another tokenizer made");
    }

    /** As is known only here: dam merge may name another base than dam data. */
    @Test
    void refusesModelsWithOtherTokensThanTheBase() throws IOException {
        Path reasoning = folder.resolve("reasoning");
        Path tokenizer = reasoning.resolve("tokenizer.json");
        Golden.copy(RepositoryFiles.folder("models/llama2/base"), reasoning, "tokenizer");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"<s>\"", "\"<other>\""));
        training.makeMerge("merge");
        data = dataset("other", training.groups());
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("refused", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().startsWith(tokenizer + ": has the token"), problem.getMessage());
    }

    private void assertRefused(String expected) {
        DatasetException problem = assertThrows(
                DatasetException.class, () -> train("refused", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains(expected), problem.getMessage());
    }

    private static DamColumnGroup like(
            DamColumnGroup group, boolean isBase, @Nullable String fingerprint, String tokenizer) {
        return new DamColumnGroup(
                group.model(), isBase, group.dataset(), group.files(), group.chatTemplate(), tokenizer, fingerprint);
    }
}
