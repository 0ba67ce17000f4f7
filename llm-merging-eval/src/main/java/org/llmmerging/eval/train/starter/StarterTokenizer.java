package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.llmmerging.checkpoint.JsonFile;

/**
 * The tokenizer of a starter family, in the format of the Hugging Face tokenizers library: three special tokens, an
 * alphabet that can write any text, and what byte-pair merges make of it.
 *
 * @param merges in the order in which they are applied
 */
record StarterTokenizer(TokenizerKind kind, List<BytePairTrainer.Pair> merges) {
    /** Padding, in every starter model, and the first input of T5's decoder. */
    static final int PADDING = 0;

    /** Begin of text of the decoders. */
    static final int DECODER_BEGIN = 1;

    /** End of text of the decoders. */
    static final int DECODER_END = 2;

    /** End of text of the encoder-decoders. */
    static final int ENCODER_END = 1;

    StarterTokenizer {
        merges = List.copyOf(merges);
    }

    /** Learns the merges of a vocabulary of {@code size} tokens from texts. */
    static StarterTokenizer train(TokenizerKind kind, int size, List<String> texts) {
        int most = size - kind.specialTokens().size() - kind.alphabet().size();
        return new StarterTokenizer(kind, new BytePairTrainer(kind.counts(texts)).merges(most));
    }

    /** Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json}. */
    void write(Path folder) {
        JsonFile.write(folder.resolve("tokenizer.json"), definition());
        JsonFile.write(folder.resolve("tokenizer_config.json"), configuration());
        ObjectNode names = JsonFile.object();
        putRoles(names);
        JsonFile.write(folder.resolve("special_tokens_map.json"), names);
    }

    private ObjectNode configuration() {
        ObjectNode config = JsonFile.object();
        if (kind == TokenizerKind.LLAMA) {
            config.put("add_bos_token", true);
            config.put("add_eos_token", false);
            config.putNull("unk_token");
        }
        putRoles(config);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", StarterArchitecture.MAXIMUM_LENGTH);
        config.put("tokenizer_class", kind.className());
        return config;
    }

    private void putRoles(ObjectNode object) {
        for (int i = 0; i < kind.roles().size(); i++) {
            object.put(kind.roles().get(i), kind.specialTokens().get(i));
        }
    }

    private ObjectNode definition() {
        ObjectNode definition = JsonFile.object();
        definition.put("version", "1.0");
        definition.putNull("truncation");
        definition.putNull("padding");
        ArrayNode added = definition.putArray("added_tokens");
        for (int id = 0; id < kind.specialTokens().size(); id++) {
            ObjectNode token = added.addObject();
            token.put("id", id).put("content", kind.specialTokens().get(id));
            token.put("single_word", false).put("lstrip", false).put("rstrip", false);
            token.put("normalized", false).put("special", true);
        }
        if (kind.isByteLevel()) {
            definition.putNull("normalizer");
            putByteLevel(definition.putObject("pre_tokenizer"));
        } else {
            putSpaces(definition.putObject("normalizer"));
            definition.putNull("pre_tokenizer");
        }
        definition.set("post_processor", template());
        if (kind.isByteLevel()) {
            putByteLevel(definition.putObject("decoder"));
        } else {
            putSpaceDecoder(definition.putObject("decoder"));
        }
        definition.set("model", model());
        return definition;
    }

    private static void putByteLevel(ObjectNode object) {
        object.put("type", "ByteLevel");
        object.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
    }

    /** A space goes before the text, and spaces become a character that words can begin with. */
    private static void putSpaces(ObjectNode normalizer) {
        normalizer.put("type", "Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        steps.addObject().put("type", "Prepend").put("prepend", TokenizerKind.SPACE);
        putReplace(steps.addObject(), " ", TokenizerKind.SPACE);
    }

    private static void putSpaceDecoder(ObjectNode decoder) {
        decoder.put("type", "Sequence");
        ArrayNode steps = decoder.putArray("decoders");
        putReplace(steps.addObject(), TokenizerKind.SPACE, " ");
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }

    private static void putReplace(ObjectNode step, String found, String replacement) {
        step.put("type", "Replace").putObject("pattern").put("String", found);
        step.put("content", replacement);
    }

    private ObjectNode template() {
        ObjectNode template = JsonFile.object();
        template.put("type", "TemplateProcessing");
        addSequence(template.putArray("single"), "A");
        ArrayNode pair = template.putArray("pair");
        addSequence(pair, "A");
        addSequence(pair, "B");
        String token = kind.beginsWith() + kind.endsWith();
        ObjectNode special = template.putObject("special_tokens").putObject(token);
        special.put("id", token);
        special.putArray("ids").add(kind.specialTokens().indexOf(token));
        special.putArray("tokens").add(token);
        return template;
    }

    private void addSequence(ArrayNode pieces, String name) {
        addSpecial(pieces, kind.beginsWith());
        pieces.addObject().putObject("Sequence").put("id", name).put("type_id", 0);
        addSpecial(pieces, kind.endsWith());
    }

    private static void addSpecial(ArrayNode pieces, String token) {
        if (!token.isEmpty()) {
            pieces.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        }
    }

    private ObjectNode model() {
        ObjectNode model = JsonFile.object();
        model.put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", !kind.isByteLevel()).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        vocabulary().forEach(token -> vocabulary.put(token, vocabulary.size()));
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pair -> pairs.add(pair.left() + " " + pair.right()));
        return model;
    }

    /** Every token, in the order of the ids. Different merges may give the same token. */
    private Set<String> vocabulary() {
        Set<String> tokens = new LinkedHashSet<>(kind.specialTokens());
        tokens.addAll(kind.alphabet());
        merges.forEach(pair -> tokens.add(pair.merged()));
        return tokens;
    }

    /** Number of tokens. */
    int size() {
        return vocabulary().size();
    }
}
