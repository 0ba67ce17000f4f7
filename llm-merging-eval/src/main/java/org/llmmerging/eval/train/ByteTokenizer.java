package org.llmmerging.eval.train;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * The tokenizer of a starter model: three special tokens, then one token per byte of UTF-8, in the format of the
 * Hugging Face tokenizers library. Bytes are written as GPT-2's byte-level encoding writes them, one printable
 * character each; there are no merges.
 *
 * @param className the tokenizer class of transformers, which decides how special tokens are added
 * @param specialTokens tokens 0, 1 and 2
 * @param roles what {@code tokenizer_config.json} calls each of them
 * @param beginsWith the special token put before a text, or empty
 * @param endsWith the special token put after a text, or empty
 */
record ByteTokenizer(
        String className, List<String> specialTokens, List<String> roles, String beginsWith, String endsWith) {
    /** Number of tokens: 3 special ones and 256 bytes. */
    static final int SIZE = 259;

    /** Padding, in every starter model, and the first input of T5's decoder. */
    static final int PADDING = 0;

    /** Begin of text of the decoders. */
    static final int DECODER_BEGIN = 1;

    /** End of text of the decoders. */
    static final int DECODER_END = 2;

    /** End of text of the encoder-decoders. */
    static final int ENCODER_END = 1;

    private static final String SENTENCEPIECE_CLASS = "LlamaTokenizer";

    /** As Llama, Llama 2 and Mistral: {@code add_bos_token} and {@code add_eos_token} are obeyed. */
    static ByteTokenizer llama() {
        return decoder(SENTENCEPIECE_CLASS);
    }

    /** As Llama 3: the template alone decides, and it always puts the begin of text. */
    static ByteTokenizer llama3() {
        return decoder("PreTrainedTokenizerFast");
    }

    /** As T5: the end of text is always added. */
    static ByteTokenizer t5() {
        return new ByteTokenizer(
                "PreTrainedTokenizerFast",
                List.of("<pad>", "</s>", "<unk>"),
                List.of("pad_token", "eos_token", "unk_token"),
                "",
                "</s>");
    }

    private static ByteTokenizer decoder(String className) {
        return new ByteTokenizer(
                className,
                List.of("<pad>", "<s>", "</s>"),
                List.of("pad_token", "bos_token", "eos_token"),
                "<s>",
                "");
    }

    /** Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json}. */
    void write(Path folder) {
        JsonFiles.write(folder.resolve("tokenizer.json"), definition());
        JsonFiles.write(folder.resolve("tokenizer_config.json"), configuration());
        ObjectNode names = JsonFiles.object();
        putRoles(names);
        JsonFiles.write(folder.resolve("special_tokens_map.json"), names);
    }

    private ObjectNode configuration() {
        ObjectNode config = JsonFiles.object();
        if (className.equals(SENTENCEPIECE_CLASS)) {
            config.put("add_bos_token", true);
            config.put("add_eos_token", false);
            config.putNull("unk_token");
        }
        putRoles(config);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", StarterArchitecture.MAXIMUM_LENGTH);
        config.put("tokenizer_class", className);
        return config;
    }

    private void putRoles(ObjectNode object) {
        for (int i = 0; i < roles.size(); i++) {
            object.put(roles.get(i), specialTokens.get(i));
        }
    }

    private ObjectNode definition() {
        ObjectNode definition = JsonFiles.object();
        definition.put("version", "1.0");
        definition.putNull("truncation");
        definition.putNull("padding");
        ArrayNode added = definition.putArray("added_tokens");
        for (int id = 0; id < specialTokens.size(); id++) {
            ObjectNode token = added.addObject();
            token.put("id", id).put("content", specialTokens.get(id));
            token.put("single_word", false).put("lstrip", false).put("rstrip", false);
            token.put("normalized", false).put("special", true);
        }
        definition.putNull("normalizer");
        putByteLevel(definition.putObject("pre_tokenizer"), false);
        definition.set("post_processor", template());
        putByteLevel(definition.putObject("decoder"), true);
        definition.set("model", model());
        return definition;
    }

    private static void putByteLevel(ObjectNode object, boolean decoder) {
        object.put("type", "ByteLevel");
        object.put("add_prefix_space", decoder).put("trim_offsets", true).put("use_regex", decoder);
    }

    private ObjectNode template() {
        ObjectNode template = JsonFiles.object();
        template.put("type", "TemplateProcessing");
        addSequence(template.putArray("single"), "A");
        ArrayNode pair = template.putArray("pair");
        addSequence(pair, "A");
        addSequence(pair, "B");
        String token = beginsWith + endsWith;
        ObjectNode special = template.putObject("special_tokens").putObject(token);
        special.put("id", token);
        special.putArray("ids").add(specialTokens.indexOf(token));
        special.putArray("tokens").add(token);
        return template;
    }

    private void addSequence(ArrayNode pieces, String name) {
        addSpecial(pieces, beginsWith);
        pieces.addObject().putObject("Sequence").put("id", name).put("type_id", 0);
        addSpecial(pieces, endsWith);
    }

    private static void addSpecial(ArrayNode pieces, String token) {
        if (!token.isEmpty()) {
            pieces.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        }
    }

    private ObjectNode model() {
        ObjectNode model = JsonFiles.object();
        model.put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (String token : specialTokens) {
            vocabulary.put(token, vocabulary.size());
        }
        int replacement = 256;
        for (int value = 0; value < 256; value++) {
            int character = isPrintable(value) ? value : replacement++;
            vocabulary.put(Character.toString(character), vocabulary.size());
        }
        model.putArray("merges");
        return model;
    }

    /** Whether GPT-2's encoding writes a byte as the Latin-1 character of that number. */
    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
    }
}
