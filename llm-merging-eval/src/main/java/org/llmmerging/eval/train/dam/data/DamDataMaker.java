package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.Quoting;
import org.llmmerging.eval.io.ModelFingerprint;
import org.llmmerging.eval.model.EncoderDecoderConfig;
import org.llmmerging.eval.model.EngineMemory;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.model.SequenceLogits;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.tokenizer.KitTokenizer;
import org.llmmerging.merge.MergeListener;

/**
 * Makes a combined data set of the models' own training data: chosen rows, as tokens, and the models' logits on them
 * where they are asked for. Models run one after another, and logits go to the file as they are computed.
 */
public final class DamDataMaker {
    private final DamDataOptions options;
    private final DamDataListener listener;

    /** @param listener notified how far it is */
    public DamDataMaker(DamDataOptions options, DamDataListener listener) {
        this.options = options;
        this.listener = listener;
    }

    /**
     * Makes the set, which appears whole or not at all.
     *
     * @param base the model that they are fine-tunes of, which may have a column group, too
     * @param models in the order of their column groups
     * @param target see {@link DamDatasetWriter#create}
     * @param inputs everything that is read, which {@code target} may not be
     * @return the target
     * @throws OutputException when the target may not be replaced, before anything is read, or cannot be written
     * @throws CheckpointException when models have different vocabularies or cannot be read
     * @throws DatasetException when a data set cannot be read or lacks the columns
     */
    public Path make(SourceModel base, List<DamModelInput> models, Path target, Collection<Path> inputs) {
        StagedFolder.check(target, inputs);
        StagedFolder.checkHoldsOnly(target, DamFiles.ALL);
        ModelConfig config = Vocabularies.check(base, models.stream().map(DamModelInput::source).toList());
        if (options.k() > config.vocabularySize()) {
            throw new ConfigException(config.file() + ": the vocabulary has " + config.vocabularySize()
                    + " tokens, and --k asks for " + options.k() + " of them. Give fewer");
        }
        boolean encoderDecoder = config instanceof EncoderDecoderConfig;
        List<List<DamSequence>> sequences = new ArrayList<>();
        List<Boolean> chats = new ArrayList<>();
        for (DamModelInput model : models) {
            List<TrainingExample> examples = examples(model, encoderDecoder);
            ChatFormat chat = ChatFormat.of(model.tokenizerFolder()).orElse(null);
            sequences.add(tokens(model, chat, examples, encoderDecoder, config.vocabularySize()));
            chats.add(chat != null);
        }
        List<DamRow> rows = rows(models, sequences);
        DamDatasetInfo info = new DamDatasetInfo(
                groups(models, chats),
                options.baseModel(),
                encoderDecoder,
                config.vocabularySize(),
                options.maxLength(),
                options.logits(),
                options.k(),
                options.seed(),
                rows.size());
        try (DamDatasetWriter writer = DamDatasetWriter.create(target, inputs, info, rows)) {
            if (options.logits() != StoredLogits.NONE) {
                for (int model = 0; model < models.size(); model++) {
                    writeLogits(models.get(model), model, rows, writer);
                }
            }
            return writer.commit(listener::note);
        }
    }

    private List<TrainingExample> examples(DamModelInput model, boolean encoderDecoder) {
        ExampleSample sample = new ExampleSample(options.exampleCount(), options.seed(), encoderDecoder);
        model.files().forEach(sample::read);
        if (sample.badCount() > 0) {
            report(model, sample);
        }
        return sample.examples();
    }

    private void report(DamModelInput model, ExampleSample sample) {
        String rows = Quoting.lines(sample.badRows(), sample.badCount());
        if (!options.skipBadRows() || sample.examples().isEmpty()) {
            throw new DatasetException(
                    Path.of(model.dataset()),
                    sample.badCount() + (options.skipBadRows()
                            ? " rows cannot be used, and there are no others; repair some"
                            : " rows cannot be used; repair them, or leave them out with --skip_bad_rows") + rows);
        }
        listener.note(model.dataset() + ": " + sample.badCount() + " rows are left out" + rows);
    }

    private List<DamSequence> tokens(
            DamModelInput model,
            @Nullable ChatFormat chat,
            List<TrainingExample> examples,
            boolean encoderDecoder,
            int vocabularySize) {
        MergeListener.Progress progress = listener.begin("tokens of " + model.dataset(), examples.size());
        try (KitTokenizer tokenizer = KitTokenizer.open(model.tokenizerFolder(), null)) {
            SequenceEncoder encoder = new SequenceEncoder(tokenizer, chat, encoderDecoder, options.maxLength());
            List<DamSequence> sequences = new ArrayList<>();
            for (TrainingExample example : examples) {
                DamSequence sequence = encoder.encode(example);
                checkTokens(tokenizer, sequence, vocabularySize);
                sequences.add(sequence);
                progress.advanced(1);
            }
            progress.finished();
            if (encoder.cutCount() > 0) {
                listener.note(model.dataset() + ": " + encoder.cutCount() + " of " + examples.size()
                        + " rows are longer than " + options.maxLength() + " tokens and are cut");
            }
            return sequences;
        }
    }

    private static void checkTokens(KitTokenizer tokenizer, DamSequence sequence, int vocabularySize) {
        for (int[] tokens : new int[][] {sequence.inputIds(), sequence.labels()}) {
            for (int token : tokens) {
                if (token >= vocabularySize) {
                    throw new CheckpointException(tokenizer.file(), "makes the token " + token
                            + ", and the model knows those below " + vocabularySize
                            + ". Copy the tokenizer's files from the base model");
                }
            }
        }
    }

    private List<DamColumnGroup> groups(List<DamModelInput> models, List<Boolean> chats) {
        List<String> fingerprints = options.fingerprints()
                ? ModelFingerprint.ofAll(models.stream().map(DamModelInput::source).toList())
                : List.of();
        List<DamColumnGroup> groups = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            groups.add(group(models.get(i), chats.get(i), fingerprints.isEmpty() ? null : fingerprints.get(i)));
        }
        return groups;
    }

    private static DamColumnGroup group(
            DamModelInput model, boolean chatTemplate, @Nullable String fingerprint) {
        List<DamSourceFile> files = new ArrayList<>();
        for (Path file : model.files()) {
            try {
                files.add(new DamSourceFile(file.toString(), Sha256.hex(file)));
            } catch (IOException e) {
                throw new DatasetException(file,
                        "the file cannot be read (" + FileProblem.of(e) + "); check its permissions", e);
            }
        }
        return new DamColumnGroup(
                model.name(), model.isBase(), model.dataset(), files, chatTemplate,
                DamModelInput.tokenizerSha256(model.tokenizerFolder()),
                fingerprint);
    }

    /** As many rows as the smallest data set has, or as were asked for. */
    private List<DamRow> rows(List<DamModelInput> models, List<List<DamSequence>> sequences) {
        int count = sequences.stream().mapToInt(List::size).min().orElse(0);
        if (count < options.exampleCount()) {
            for (int model = 0; model < models.size(); model++) {
                if (sequences.get(model).size() == count) {
                    listener.note(models.get(model).dataset() + " has " + count + " rows, fewer than the "
                            + options.exampleCount() + " of " + options.countedBy() + ": the set has " + count);
                }
            }
        }
        List<DamRow> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int index = row;
            rows.add(new DamRow(sequences.stream().map(each -> each.get(index)).toList()));
        }
        return rows;
    }

    private void writeLogits(DamModelInput model, int index, List<DamRow> rows, DamDatasetWriter writer) {
        List<SequenceLogits.Sequence> sequences = rows.stream()
                .map(row -> row.sequences().get(index))
                .map(sequence -> new SequenceLogits.Sequence(sequence.inputIds(), sequence.labels()))
                .toList();
        MergeListener.Progress progress = listener.begin("logits of " + model.name(), rows.size());
        SequenceLogits.Receiver receiver = new SequenceLogits.Receiver() {
            @Override
            public void logits(int row, int firstPosition, float[] values, int[] tokens) {
                writer.write(index, row, firstPosition, values, tokens);
            }

            @Override
            public void done(int more) {
                progress.advanced(more);
            }
        };
        String purpose = "the logits of rows of up to " + options.maxLength()
                + " tokens. Cut them shorter with --max_length";
        Path folder = model.source().folder();
        String weights = "the weights of the model. " + EngineMemory.elsewhere(options.device());
        try (LanguageModel opened = EngineMemory.call(
                folder, weights, () -> LanguageModel.open(model.source(), options.device()))) {
            EngineMemory.run(
                    folder, purpose, () -> new SequenceLogits(opened, options.k()).compute(sequences, receiver));
        }
        progress.finished();
    }
}
