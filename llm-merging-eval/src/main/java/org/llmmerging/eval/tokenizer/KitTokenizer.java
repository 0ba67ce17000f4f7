package org.llmmerging.eval.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.tokenizer.TokenizerConfigFile.Token;

/**
 * A checkpoint's tokenizer, used as the original kit uses it.
 *
 * <p>The kit has one tokenizer for prompts, as the model's files configure it, and one for targets, where it switches
 * the beginning-of-sequence token off and the end-of-sequence token on. The switches are {@code add_bos_token}, on by
 * default, and {@code add_eos_token}, off, which Llama 2's and Gemma's tokenizer classes follow. Other classes ignore
 * them and put what the template of {@code tokenizer.json} says around prompts and targets alike; so Llama 3's choices
 * begin with BOS and have no EOS, and T5's prompts end in EOS. That is the reading of transformers 4, which the kit
 * runs on; its version 5 takes the template for every class.
 *
 * <p>Thread-safe. Closing frees the native tokenizer.
 */
public final class KitTokenizer implements AutoCloseable {
    private final Path file;
    private final TokenizerConfigFile config;
    private final HuggingFaceTokenizer tokenizer;
    private final int maximumLength;
    /** The ids of the special tokens that are there, by their text. */
    private final Map<String, Integer> ids = new HashMap<>();
    private final boolean followsFlags;
    private final boolean cutsBegin;

    private KitTokenizer(
            Path file,
            TokenizerConfigFile config,
            DeclaredTokens tokens,
            HuggingFaceTokenizer tokenizer,
            int maximumLength) {
        this.file = file;
        this.config = config;
        this.tokenizer = tokenizer;
        for (Token token : List.of(config.bosToken(), config.eosToken(), config.padToken())) {
            String content = token.content();
            if (content != null) {
                tokens.id(content).ifPresent(id -> ids.put(content, id));
            }
        }
        this.maximumLength = maximumLength;
        // A class that is known from the model's type alone is not the tokenizer's own when it lacks the class's
        // tokens.
        Token bos = config.bosToken();
        this.followsFlags = config.followsFlags() && (bos.isNamed() || id(bos).isPresent());
        Boolean said = config.cutsBegin();
        this.cutsBegin = said == null ? tokens.cutsBegin() : said;
    }

    /**
     * Opens the tokenizer of a model folder. Never uses the network.
     *
     * @param maximumLength prompts and targets are cut to so many tokens, special tokens counted, or null for no limit
     * @throws CheckpointException naming the file when there is no {@code tokenizer.json} or it is malformed
     * @throws org.llmmerging.config.ConfigException when the native library cannot be loaded
     */
    public static KitTokenizer open(Path folder, @Nullable Integer maximumLength) {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw missing(folder, file);
        }
        TokenizerConfigFile config = TokenizerConfigFile.read(folder);
        System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
        DeclaredTokens tokens = DeclaredTokens.read(file, config.listed(), config.declared());
        checkLibrary();
        try (InputStream json = tokens.open()) {
            // Cutting and padding are done here: the file's own settings would apply to prompts and targets alike.
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    json, Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD"));
            int length = maximumLength == null ? Integer.MAX_VALUE : maximumLength;
            return new KitTokenizer(file, config, tokens, tokenizer, length);
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(
                    file,
                    "not a tokenizer that can be read (" + e.getMessage()
                            + "). Copy the file from the base model again",
                    e);
        }
    }

    /** So that it is not taken for a fault of the file that it would read. */
    private static void checkLibrary() {
        try {
            LibUtils.checkStatus();
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw NativeLibrary.unusable("tokenizers", e);
        }
    }

    /** The file it was read from, for messages. */
    public Path file() {
        return file;
    }

    /**
     * Token ids of a prompt: cut to the maximum length, special tokens added, not padded. It is cut where
     * {@code truncation_side} says, at the end by default; special tokens stay.
     */
    public int[] encodePrompt(String text) {
        return encode(text, config.addsBos(), config.addsEos());
    }

    /** Token ids of a target or a choice: cut as a prompt is, special tokens added, not padded. */
    public int[] encodeTarget(String text) {
        return encode(text, false, true);
    }

    /** Token ids of a text that holds its special tokens itself, as a rendered chat does: not cut, nothing added. */
    public int[] encodeRendered(String text) {
        return ids(tokenizer.encode(text, false, false));
    }

    /** The text of token ids, without special tokens; bytes that are not UTF-8 become U+FFFD. */
    public String decode(int[] ids) {
        String text = tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
        return config.cleansUpSpaces() ? SpaceCleanup.apply(text) : text;
    }

    /** The token that ends a sequence, if the tokenizer names one. */
    public OptionalInt eosId() {
        return id(config.eosToken());
    }

    /** The token that fills rows: the padding token, else that which ends a sequence, else 0. */
    public int padId() {
        return id(config.padToken()).orElseGet(() -> eosId().orElse(0));
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private int[] encode(String text, boolean bos, boolean eos) {
        if (!followsFlags) {
            Encoding encoding = tokenizer.encode(text, true, false);
            return templated(ids(encoding), encoding.getSpecialTokenMask());
        }
        int[] before = bos ? id(config.bosToken()).stream().toArray() : new int[0];
        int[] after = eos ? id(config.eosToken()).stream().toArray() : new int[0];
        return cut(before, encodeRendered(text), after);
    }

    private int[] templated(int[] ids, long[] specialMask) {
        int begin = 0;
        while (begin < ids.length && specialMask[begin] == 1) {
            begin++;
        }
        int end = ids.length;
        while (end > begin && specialMask[end - 1] == 1) {
            end--;
        }
        return cut(
                Arrays.copyOf(ids, begin),
                Arrays.copyOfRange(ids, begin, end),
                Arrays.copyOfRange(ids, end, ids.length));
    }

    /** Cuts the text and leaves what is around it. */
    private int[] cut(int[] before, int[] text, int[] after) {
        int kept = Math.clamp(maximumLength - before.length - after.length, 0, text.length);
        int from = cutsBegin ? text.length - kept : 0;
        return join(before, Arrays.copyOfRange(text, from, from + kept), after);
    }

    private OptionalInt id(Token token) {
        String content = token.content();
        if (content == null) {
            return OptionalInt.empty();
        }
        Integer id = ids.get(content);
        if (id != null) {
            return OptionalInt.of(id);
        }
        if (token.isNamed()) {
            throw new CheckpointException(
                    file,
                    "has no token '" + content + "', which tokenizer_config.json names as a special token."
                            + " Copy both files from the same model");
        }
        return OptionalInt.empty();
    }

    private int[] ids(Encoding encoding) {
        return Arrays.stream(encoding.getIds()).mapToInt(this::id).toArray();
    }

    private int id(long id) {
        if (id > Integer.MAX_VALUE) {
            throw new CheckpointException(
                    file, "has token " + id + ", and no model has as many. Copy the file from the base model again");
        }
        return (int) id;
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }

    private static CheckpointException missing(Path folder, Path file) {
        for (String name : new String[] {"tokenizer.model", "spiece.model"}) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return new CheckpointException(
                        folder.resolve(name),
                        "is a SentencePiece model, and tokenizer.json is needed, which is not there. Copy it"
                                + " from the model's page on the Hugging Face Hub, or write it with transformers:"
                                + " AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)");
            }
        }
        return new CheckpointException(file, "no such file. Copy the tokenizer's files from the base model");
    }
}
