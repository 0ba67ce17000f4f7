package org.llmmerging.eval.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.llmmerging.Example;
import org.llmmerging.Predictor;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.model.DecoderConfig.Dimensions;
import org.llmmerging.eval.tokenizer.KitTokenizer;

/**
 * Predicts with a checkpoint as the original kit does: choices by the sum of their tokens' log-probabilities, text by
 * greedy decoding. Examples are run in batches of similar length, which changes scores by rounding alone.
 *
 * <p>Not thread-safe. Closing frees the model.
 */
public final class ModelPredictor implements Predictor {
    /** Of keys and values of the rows that are generated together. */
    private static final long CACHE_BYTES = 1L << 30;

    private static final String EMPTY_PROMPT = "the prompt is empty and this tokenizer adds no token of its own. Give it a prompt or leave it out";

    private final Path folder;
    private final PredictorOptions options;
    private final PredictionProgress progress;
    private final LanguageModel model;
    private final KitTokenizer tokenizer;
    private boolean warnedOfLength;

    private ModelPredictor(
            Path folder,
            PredictorOptions options,
            PredictionProgress progress,
            LanguageModel model,
            KitTokenizer tokenizer) {
        this.folder = folder;
        this.options = options;
        this.progress = progress;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * Opens a model folder in Hugging Face layout: configuration, weights and {@code tokenizer.json}.
     *
     * @throws CheckpointException when the folder is no checkpoint of a known family, its configuration contradicts
     *     its tensors, or it has no usable tokenizer
     * @throws ModelRunException when memory does not suffice for its weights
     */
    public static ModelPredictor open(Path folder, PredictorOptions options, PredictionProgress progress) {
        // What is no model at all has no tokenizer either, which would be the lesser news.
        ModelConfig.read(folder);
        KitTokenizer tokenizer = KitTokenizer.open(folder, options.maximumSequenceLength());
        try {
            String purpose = "the weights of the model. " + EngineMemory.elsewhere(options.device());
            LanguageModel model = EngineMemory.call(folder, purpose,
                    () -> LanguageModel.open(folder, options.device()));
            return new ModelPredictor(folder, options, progress, model, tokenizer);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * {@inheritDoc} That is a prompt without tokens and, unless {@link PredictorOptions#maximumSequenceLength()} says
     * how long prompts may be, one of more tokens than the model has positions. T5 takes any length.
     *
     * @throws CheckpointException when text is to be generated and its generation settings ask for something
     *     that is not implemented
     */
    @Override
    public Map<String, String> unanswerable(List<Example> examples) {
        if (!examples.stream().allMatch(Example::isMultipleChoice)) {
            generationConfig();
            generationLimits();
        }
        Map<String, String> reasons = new LinkedHashMap<>();
        for (Example example : examples) {
            int tokens = tokenizer.encodePrompt(example.input()).length;
            if (tokens == 0) {
                reasons.put(example.id(), EMPTY_PROMPT);
            } else if (options.maximumSequenceLength() == null
                    && model.config() instanceof DecoderConfig config
                    && tokens > config.dimensions().positions()) {
                reasons.put(
                        example.id(),
                        "the prompt has " + tokens + " tokens and the model was made for "
                                + config.dimensions().positions() + ". Cut it with --max_seq_len "
                                + config.dimensions().positions() + ", or run it whole with a larger value");
            }
        }
        return reasons;
    }

    /** The model, for what a predictor does not do; it stays this predictor's. */
    public LanguageModel model() {
        return model;
    }

    /**
     * {@inheritDoc}
     *
     * @throws ModelRunException when a prompt has no tokens, memory does not suffice, or logits are NaN
     * @throws CheckpointException when the tokenizer's ids exceed the model's vocabulary
     */
    @Override
    public List<double[]> predictMultipleChoice(List<Example> examples) {
        boolean isDecoder = model instanceof DecoderModel;
        return tokenLogProbabilities(examples).stream()
                .map(choices -> choices.stream()
                        .mapToDouble(values -> options.scoring().score(values, isDecoder))
                        .toArray())
                .toList();
    }

    /**
     * {@inheritDoc}
     *
     * @throws ModelRunException when a prompt has no tokens, memory does not suffice, or logits are NaN
     * @throws CheckpointException when the tokenizer's ids exceed the model's vocabulary, or
     *     its generation settings ask for something that is not implemented
     */
    @Override
    public List<String> generate(List<Example> examples) {
        return generateTokens(examples).stream().map(tokenizer::decode).toList();
    }

    /** For each example, for each choice, the log-probability of every token of the choice. */
    List<List<float[]>> tokenLogProbabilities(List<Example> examples) {
        ChoiceScorer scorer = new ChoiceScorer(model, tokenizer.padId());
        List<Question> questions = new ArrayList<>();
        for (Example example : examples) {
            int[] prompt = prompt(example);
            List<int[]> choices = new ArrayList<>();
            for (String choice : example.choices()) {
                choices.add(inVocabulary(tokenizer.encodeTarget(choice)));
            }
            questions.add(new Question(prompt, choices));
        }
        List<int[]> prompts = questions.stream().map(Question::prompt).toList();
        int[] branchTokens = questions.stream().mapToInt(scorer::branchTokens).toArray();
        List<List<float[]>> scores = inBatches(
                prompts, branchTokens, new int[prompts.size()], tokensToScore(), batch -> batch.passes().stream()
                        .flatMap(pass -> scorer
                                .score(Arrays.stream(pass.examples()).mapToObj(questions::get).toList(), pass.groups())
                                .stream())
                        .toList());
        return IntStream.range(0, questions.size())
                .mapToObj(i -> questions.get(i).ofEach(scores.get(i)))
                .toList();
    }

    /** For each example the new tokens, that which ends the text included. */
    List<int[]> generateTokens(List<Example> examples) {
        GreedyGenerator generator = new GreedyGenerator(model, tokenizer.padId(), generationConfig());
        OptionalInt eos = tokenizer.eosId();
        List<int[]> prompts = examples.stream().map(this::prompt).toList();
        GenerationLimits limits = generationLimits();
        int[] newTokens = prompts.stream()
                .mapToInt(prompt -> limits.afterPrompt(model instanceof DecoderModel ? prompt.length : 1))
                .toArray();
        int[] lengths = new int[newTokens.length];
        Arrays.setAll(lengths, i -> {
            // A row of T5 holds its own tokens apart from the prompt's; what the user sets counts tokens alone.
            boolean isApart = model instanceof EncoderDecoderModel && options.tokensPerBatch() == null;
            long held = isApart ? KeyValueCache.capacity(newTokens[i]) : newTokens[i];
            return (int) Math.min(Integer.MAX_VALUE, prompts.get(i).length + held);
        });
        return inBatches(prompts, new int[lengths.length], lengths, tokensToGenerate(), batch -> generator.generate(
                Arrays.stream(batch.examples()).mapToObj(prompts::get).toList(),
                batch.parts(),
                Arrays.stream(batch.examples()).map(i -> newTokens[i]).toArray(),
                token -> eos.isPresent() && eos.getAsInt() == token));
    }

    /** Read when text is to be generated: choices do not depend on it. */
    private GenerationConfig generationConfig() {
        return GenerationConfig.read(folder, model.config().vocabularySize());
    }

    private GenerationLimits generationLimits() {
        return GenerationLimits.read(folder, options.maximumNewTokens());
    }

    @Override
    public void close() {
        tokenizer.close();
        model.close();
    }

    private <T> List<T> inBatches(
            List<int[]> prompts, int[] branchTokens, int[] lengths, int tokens, BatchFunction<T> function) {
        List<int[]> groups = options.sharesPrefixes() && model.config() instanceof DecoderConfig config
                ? PromptGroups.of(prompts, branchTokens, lengths, Math.min(tokens, tokensToScore()),
                        turn(config.dimensions()))
                : IntStream.range(0, prompts.size()).mapToObj(i -> new int[] {i}).toList();
        SortedMap<Integer, T> results = new TreeMap<>();
        PromptBatches batches = new PromptBatches(tokens);
        String purpose = "batches of " + tokens
                + " tokens. Lower --batch_tokens, then --max_seq_len or --max_gen_len";
        for (PromptBatches.Batch batch : batches.of(groups, prompts, branchTokens, lengths)) {
            List<T> batchResults = EngineMemory.call(folder, purpose, () -> function.apply(batch));
            int[] examples = batch.examples();
            for (int i = 0; i < examples.length; i++) {
                results.put(examples[i], batchResults.get(i));
            }
            progress.update(results.size(), prompts.size());
        }
        return List.copyOf(results.values());
    }

    private int tokensToScore() {
        return options.tokensPerBatch() == null ? PredictorOptions.TOKENS : options.tokensPerBatch();
    }

    /** A step of decoding reads all weights, however many rows it has; what a row costs is the memory of its cache. */
    private int tokensToGenerate() {
        if (options.tokensPerBatch() != null) {
            return tokensToScore();
        }
        long bytesPerToken = 2L * Float.BYTES * switch (model.config()) {
            case DecoderConfig config -> keySizes(config.dimensions());
            case EncoderDecoderConfig config -> config.decoderLayers() * config.heads() * config.headSize();
        };
        return Math.clamp(CACHE_BYTES / bytesPerToken, PredictorOptions.TOKENS, PredictorOptions.MOST_TOKENS);
    }

    private static int keySizes(Dimensions size) {
        return size.layers() * size.keyValueHeads() * size.headSize();
    }

    /** Tokens at which attention, which runs at about a quarter of the speed, costs a layer what its weights do. */
    private static double turn(Dimensions size) {
        double projections = 2.0 * size.hidden() * size.headSize() * (size.heads() + size.keyValueHeads());
        double feedForward = 3.0 * size.hidden() * size.feedForward();
        return (projections + feedForward) / (4 * 2.0 * size.heads() * size.headSize());
    }

    private int[] prompt(Example example) {
        int[] prompt = inVocabulary(tokenizer.encodePrompt(example.input()));
        if (prompt.length == 0) {
            throw new ModelRunException(
                    folder,
                    "example " + example.id() + ": " + EMPTY_PROMPT);
        }
        if (!warnedOfLength
                && model.config() instanceof DecoderConfig config
                && prompt.length > config.dimensions().positions()) {
            // The kit goes on, and so do its figures; once is enough to know.
            warnedOfLength = true;
            progress.note("the prompt of example " + example.id() + " has " + prompt.length
                    + " tokens and the model was made for " + config.dimensions().positions()
                    + ": answers to prompts as long mean little. max_seq_len cuts them");
        }
        return prompt;
    }

    private int[] inVocabulary(int[] tokens) {
        for (int token : tokens) {
            if (token >= model.config().vocabularySize()) {
                throw new CheckpointException(
                        tokenizer.file(),
                        "has token " + token + ", the model's embedding has "
                                + model.config().vocabularySize() + " rows. Use the tokenizer of this model");
            }
        }
        return tokens;
    }

    private interface BatchFunction<T> {
        List<T> apply(PromptBatches.Batch batch);
    }
}
