package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.llmmerging.merge.TokenizedModels.UNION;
import static org.llmmerging.merge.TokenizedModels.wordPiece;

/** Files of models that cannot be read or kept are reported by the plan of a merge of vocabularies. */
class TokenizerProblemsTest {
    @TempDir
    private Path folder;

    private Path model(String name, String tokenizer, float... embedding) throws IOException {
        return new TokenizedModels(folder).model(name, tokenizer, embedding);
    }

    private void assertUnreadable(String expected, String configuration) {
        assertEquals(expected, MergeRun.refusal(CheckpointException.class, configuration, folder));
    }

    @Test
    void settingsThatCannotBeChangedAreReportedBeforeTheMerge() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0"), 1, 2);
        Files.writeString(a.resolve("generation_config.json"), "[]");
        Files.writeString(a.resolve("tokenizer_config.json"), "[]");
        Files.writeString(a.resolve("special_tokens_map.json"), "[]");
        model("b", wordPiece("\"z\": 0"), 3);
        String reason = ": is not a JSON object. Take the file of the original model\n";
        assertUnreadable(
                ("a/generation_config.json" + reason + "a/special_tokens_map.json" + reason + "a/tokenizer_config.json"
                        + reason).strip(),
                UNION);
        assertUnreadable(
                ("a/generation_config.json" + reason + "a/tokenizer_config.json" + reason).strip(),
                UNION.replace("tokenizer: {source: union}", "chat_template: chatml\ntokenizer: {source: base}"));
    }

    @Test
    void aTemplateThatCannotBeCountedIsOneOfAModel() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0"), 1);
        Files.writeString(a.resolve("chat_template.jinja"), "{% if x %}");
        model("b", wordPiece("\"x\": 0"), 3);
        assertUnreadable(
                "a/chat_template.jinja: the chat template is no Jinja: its line 1 ends within 'if'. Add {% endif %}",
                UNION.replace("tokenizer: {source: union}", "chat_template: auto"));
    }

    @Test
    void aTemplateThatMayNotBeReadIsReportedOnce() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0"), 1);
        Path template = Files.writeString(a.resolve("chat_template.jinja"), "x");
        Files.setPosixFilePermissions(template, Set.of());
        assumeFalse(Files.isReadable(template), "the superuser reads everything");
        model("b", wordPiece("\"x\": 0"), 3);
        assertUnreadable(
                "a/chat_template.jinja: may not be read. Change its permissions",
                UNION.replace("tokenizer: {source: union}", "chat_template: auto"));
    }

    @Test
    void damagedTokenizersAreReportedBesideTheConfiguration() throws IOException {
        model("a", "{}", 1);
        model("b", wordPiece("\"x\": 0"), 3);
        String damaged = "a/tokenizer.json: has no model.vocab. Take the file of the original model, or save the tokenizer"
                + " again";
        assertUnreadable(damaged, UNION);
        String refusal = damaged
                + "\nc.yml:6:16: unknown chat_template 'x', which is no Jinja template either. Known are:"
                + " alpaca, chatml, exaone, llama3, mistral.";
        assertEquals(refusal, MergeRun.refusal(ConfigException.class, UNION + "chat_template: x\n", folder));
    }

    /** Transformers numbers it behind the others, and the model was trained with it in the last row. */
    @Test
    void anAddedTokenThatOnlyTheSettingsListIsRefusedForItsRow() throws IOException {
        String lost = ", which tokenizer.json lacks, so that its row would be lost. Save the two again with transformers:"
                + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";
        model("a", wordPiece("\"x\": 0"), 1);
        Path b = model("b", wordPiece("\"x\": 0"), 1, 2);
        Files.writeString(b.resolve("added_tokens.json"), "{\"<pad>\": 1}");
        assertUnreadable("b/added_tokens.json: lists the added token '<pad>'" + lost, UNION);
        Files.writeString(b.resolve("tokenizer_config.json"),
                "{\"added_tokens_decoder\": {\"0\": {\"content\": \"x\"}, \"1\": {\"content\": \"<user>\"}}}");
        assertUnreadable("b/tokenizer_config.json: lists the added token '<user>'" + lost, UNION);
    }

    @Test
    void aConfigurationOfTheModelThatCannotBeReadIsReportedBesideATokenizer() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0"), 1);
        Files.writeString(a.resolve("config.json"), "[]");
        Path b = model("b", wordPiece("\"x\": 0"), 3, 4);
        Files.writeString(b.resolve("added_tokens.json"), "{\"<pad>\": 1}");
        MergingException refusal = assertThrows(
                CheckpointException.class, () -> MergeRun.of(UNION, folder, MergeOptions.defaults(42)));
        assertEquals(List.of("b/added_tokens.json", "a/config.json"), refusal.getMessage().lines()
                .map(line -> line.substring((folder + "/").length(), line.indexOf(": ")))
                .toList());
    }

    @Test
    void anAddedTokenThatOnlyTheSettingsListAndThatHasNoRowIsNone() throws IOException {
        model("a", wordPiece("\"x\": 0"), 1);
        Path b = model("b", wordPiece("\"x\": 0"), 1);
        Files.writeString(b.resolve("added_tokens.json"), "{\"<pad>\": 1}");
        Path file = Files.writeString(folder.resolve("accepted.yml"), UNION);
        MergeRun.of(file, folder, MergeOptions.defaults(1), folder.resolve("out")).close();
    }
}
