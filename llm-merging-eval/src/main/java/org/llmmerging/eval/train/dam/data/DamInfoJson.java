package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.task.DatasetException;

/** The JSON form of {@link DamDatasetInfo}. */
final class DamInfoJson {
    private static final String REMEDY = "; make the set again with dam data";

    private final Path file;
    private final JsonNode json;

    private DamInfoJson(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** The keys in the order they are written in; values are maps, lists, texts, numbers and truth values. */
    static Map<String, Object> write(DamDatasetInfo info) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("format_version", DamDatasetInfo.FORMAT_VERSION);
        written.put("base_model", info.baseModel());
        written.put("models", info.models().stream().map(DamInfoJson::write).toList());
        written.put("encoder_decoder", info.encoderDecoder());
        written.put("vocabulary_size", info.vocabularySize());
        written.put("max_length", info.maxLength());
        written.put("logits", info.logits().key());
        written.put("k", info.k());
        written.put("seed", info.seed());
        written.put("example_count", info.exampleCount());
        return written;
    }

    private static Map<String, Object> write(DamColumnGroup group) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("model", group.model());
        written.put("is_base", group.isBase());
        written.put("dataset", group.dataset());
        List<Map<String, Object>> files = new ArrayList<>();
        for (DamSourceFile source : group.files()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("path", source.path());
            each.put("sha256", source.sha256());
            files.add(each);
        }
        written.put("files", files);
        written.put("chat_template", group.chatTemplate());
        written.put("tokenizer_sha256", group.tokenizerSha256());
        if (group.fingerprint() != null) {
            written.put("fingerprint", group.fingerprint());
        }
        return written;
    }

    /** @throws DatasetException naming the key that is missing or wrong */
    static DamDatasetInfo read(Path file, JsonNode json) {
        int version = new DamInfoJson(file, json).integer("format_version", 1);
        if (version != DamDatasetInfo.FORMAT_VERSION) {
            throw new DatasetException(file, "format_version is " + version + ", this version reads "
                    + DamDatasetInfo.FORMAT_VERSION + REMEDY);
        }
        return new DamInfoJson(file, json).info();
    }

    private DamDatasetInfo info() {
        List<DamColumnGroup> models = new ArrayList<>();
        for (JsonNode each : json.path("models")) {
            models.add(new DamInfoJson(file, each).group());
        }
        if (models.isEmpty()) {
            throw wrong("models");
        }
        StoredLogits logits = StoredLogits.ofKey(text("logits")).orElseThrow(() -> wrong("logits"));
        DamDatasetInfo info = new DamDatasetInfo(
                models,
                text("base_model"),
                truth("encoder_decoder"),
                integer("vocabulary_size", 1),
                integer("max_length", 1),
                logits,
                integer("k", logits == StoredLogits.TOP_K ? 1 : 0),
                json.path("seed").asLong(),
                integer("example_count", 1));
        if (info.k() > info.vocabularySize()) {
            throw wrong("k");
        }
        return info;
    }

    private DamColumnGroup group() {
        List<DamSourceFile> files = new ArrayList<>();
        for (JsonNode each : json.path("files")) {
            DamInfoJson source = new DamInfoJson(file, each);
            files.add(new DamSourceFile(source.text("path"), source.text("sha256")));
        }
        return new DamColumnGroup(
                text("model"),
                truth("is_base"),
                text("dataset"),
                files,
                truth("chat_template"),
                text("tokenizer_sha256"),
                json.has("fingerprint") ? text("fingerprint") : null);
    }

    private String text(String key) {
        if (!json.path(key).isTextual()) {
            throw wrong(key);
        }
        return json.path(key).textValue();
    }

    private boolean truth(String key) {
        if (!json.path(key).isBoolean()) {
            throw wrong(key);
        }
        return json.path(key).booleanValue();
    }

    private int integer(String key, int least) {
        JsonNode number = json.path(key);
        if (!number.isInt() || number.intValue() < least) {
            throw wrong(key);
        }
        return number.intValue();
    }

    private DatasetException wrong(String key) {
        return new DatasetException(file, "the key " + key + " is missing or has a value that cannot be" + REMEDY);
    }
}
