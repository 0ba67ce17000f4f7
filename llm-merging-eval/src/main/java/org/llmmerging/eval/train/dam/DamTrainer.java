package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.eval.model.EngineMemory;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.Scaling;
import org.llmmerging.eval.model.Weights;
import org.llmmerging.eval.train.AdamW;
import org.llmmerging.eval.train.GradientClip;
import org.llmmerging.eval.train.LearningRate;
import org.llmmerging.eval.train.TrainableParameters;
import org.llmmerging.eval.train.TrainingException;
import org.llmmerging.eval.train.dam.data.DamRow;
import org.llmmerging.eval.train.dam.data.DamSequence;

/**
 * Trains coefficients. The same coefficients, rows and settings give the same bits, also when training is broken off
 * and goes on from {@link #state}. Not thread-safe.
 */
final class DamTrainer implements AutoCloseable {
    private final TrainingSettings settings;
    private final DamModels models;
    private final List<DamRow> rows;
    private final int groups;
    private final Teacher teacher;
    private final RowOrder order;
    private final LearningRate rate;
    private final int modelCount;
    private final TrainableParameters parameters;
    private final MergedWeights weights;
    private final LanguageModel merged;
    private final AdamW optimizer;
    private final DamLoss loss;

    private DamTrainer(
            DamModels models,
            DamMerge merge,
            SourceModel base,
            List<SourceModel> sources,
            TrainingData data,
            TrainingSettings settings) {
        this.models = models;
        this.settings = settings;
        this.rows = data.rows();
        this.groups = rows.getFirst().sequences().size();
        this.modelCount = merge.coefficients().models();
        NDManager manager = models.manager();
        this.parameters = new TrainableParameters(manager);
        merge.coefficients().values().forEach((tensor, values) -> parameters
                .addStacked(tensor, values, modelCount, values.length / modelCount));
        this.teacher = data.teacher(teachers());
        this.order = new RowOrder(rows.size(), settings);
        this.rate = LearningRate.withWarmupRatio(
                settings.number(DamParameter.LEARNING_RATE), settings.schedule(),
                settings.number(DamParameter.WARMUP_RATIO), order.steps());
        List<Weights> frozen = new ArrayList<>();
        models.models().forEach(model -> frozen.add(model.weights()));
        List<SourceModel> members = new ArrayList<>(sources);
        if (merge.settings().useBaseModel()) {
            frozen.add(models.base().weights());
            members.add(base);
        }
        this.weights = new MergedWeights(models.base().weights(), frozen, parameters, merge.settings().nonLinearity());
        this.merged = LanguageModel.of(models.config(), weights, manager);
        this.optimizer = new AdamW(parameters, settings.number(DamParameter.WEIGHT_DECAY), settings.mofoAlpha());
        boolean weighted = settings.reportAll() || settings.minimises(LossKind.WEIGHTED_OVERLAP);
        this.loss = new DamLoss(
                settings,
                parameters,
                weighted ? conflicts(base, members) : Map.of());
    }

    /**
     * Loads the models.
     *
     * @param merge what is trained
     * @param base the base model, open as long as the trainer is
     * @param sources the models of the merge, open as long as the trainer is
     * @param data the rows, with the logits that they keep
     * @throws org.llmmerging.config.ConfigException when there is no loss to minimise
     * @throws org.llmmerging.checkpoint.CheckpointException when a model is not of the base's architecture and shapes
     * @throws org.llmmerging.eval.model.ModelRunException when memory does not suffice for the models
     */
    static DamTrainer open(
            DamMerge merge,
            SourceModel base,
            List<SourceModel> sources,
            TrainingData data,
            TrainingSettings settings,
            Device device) {
        settings.checkLosses();
        String purpose = "the weights of " + (1 + sources.size()) + " models. " + EngineMemory.elsewhere(device);
        DamModels models = EngineMemory.call(base.folder(), purpose, () -> DamModels.open(base, sources, device));
        try {
            return new DamTrainer(models, merge, base, sources, data, settings);
        } catch (RuntimeException | Error failure) {
            models.close();
            throw failure;
        }
    }

    /**
     * What the user should know of the settings before the first step, a line each.
     *
     * @param prefix of the parameters' names, as the user gives them
     */
    List<String> notes(String prefix) {
        List<String> notes = new ArrayList<>(settings.withoutEffect(prefix));
        if (steps() == 1 && rate.at(0) == 0) {
            notes.add(
                    "the only step is the first of the warm-up, at a learning rate of 0: nothing is learned. Give more "
                            + prefix + DamParameter.EPOCHS.key() + " or rows, or " + prefix
                            + DamParameter.WARMUP_RATIO.key()
                            + " 0");
        }
        return notes;
    }

    /** Number of all steps. */
    long steps() {
        return order.steps();
    }

    /** Number of steps taken, those before a {@link #restore} included. */
    long step() {
        return optimizer.steps();
    }

    /** The coefficients as they are now. */
    Coefficients coefficients() {
        return new Coefficients(modelCount, parameters.values());
    }

    /** Whether all steps are taken. */
    boolean isDone() {
        return step() >= steps();
    }

    /** All that training needs to go on. */
    TrainingState state() {
        return new TrainingState(step(), coefficients(), optimizer.state());
    }

    /** Goes on from an earlier state of the same training. */
    void restore(TrainingState state) {
        state.coefficients().values().forEach(parameters::set);
        optimizer.restore(state.step(), state.optimizer());
    }

    @Override
    public void close() {
        optimizer.close();
        parameters.close();
        models.close();
    }

    /**
     * Takes the next of the steps that are left.
     *
     * @param remedy what the user can do when a loss, a gradient or a coefficient is no longer finite
     * @throws org.llmmerging.checkpoint.CheckpointException when a loss or gradient is not finite, and a model holds
     *     such a number
     * @throws TrainingException when no model does; the coefficients are those before the step. Also when a coefficient is
     *     not finite after it, of which no checkpoint should be made
     */
    TrainingStep takeStep(String remedy) {
        List<List<Integer>> passes = order.passes(step());
        if (passes.isEmpty()) {
            throw new IllegalStateException("step " + (step() + 1) + " has no rows");
        }
        double learningRate = rate.at(step());
        parameters.clearGradients();
        Map<LossKind, Double> losses = new EnumMap<>(LossKind.class);
        double total = 0;
        for (List<Integer> pass : passes) {
            String purpose = "a pass of " + pass.size() + " rows. Lower " + DamParameter.BATCH_SIZE.key()
                    + ", or max_length of the data set";
            total += EngineMemory.call(
                    models.config().folder(), purpose, () -> pass(pass, 1.0 / passes.size(), losses));
        }
        double norm = GradientClip.clip(parameters, settings.number(DamParameter.MAX_GRAD_NORM));
        NonFiniteStep check = new NonFiniteStep(parameters, weights);
        if (!Double.isFinite(total) || !Double.isFinite(norm)) {
            models.checkFinite();
            throw new TrainingException(check.describe(step() + 1, total, norm) + ". " + remedy);
        }
        optimizer.step(learningRate);
        String overflowed = check.firstNonFiniteCoefficient();
        if (overflowed != null) {
            throw new TrainingException("step " + step() + ": a coefficient of " + overflowed
                    + " is no longer finite after the update. " + remedy);
        }
        return new TrainingStep(
                step(), steps(), order.epochAfter(step()), learningRate, norm, total, losses);
    }

    /** Adds the gradients of some rows, and their losses to {@code losses}; all times {@code share}. */
    private double pass(List<Integer> chosen, double share, Map<LossKind, Double> losses) {
        AtomicReference<Map<LossKind, NDArray>> each = new AtomicReference<>(Map.of());
        double[] values = new double[LossKind.values().length];
        float total;
        // What a model answers leaves the scope of the backward pass, and lives as long as its manager.
        try (NDManager scope = models.manager().newSubManager()) {
            total = parameters.backward(() -> {
                weights.merge();
                DamLoss.Losses result = loss.of(answers(scope, chosen));
                each.set(result.each());
                result.each().forEach((kind, value) -> values[kind.ordinal()] = value.getFloat());
                return Scaling.times(result.total(), share);
            });
        }
        each.get().keySet().forEach(kind -> losses.merge(kind, share * values[kind.ordinal()], Double::sum));
        return total;
    }

    /** Every model's rows go through the merged model at once. */
    private List<DamLoss.Answers> answers(NDManager scope, List<Integer> chosen) {
        List<DamSequence> sequences = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            for (int row : chosen) {
                sequences.add(rows.get(row).sequences().get(group));
            }
        }
        SequenceBatch batch = SequenceBatch.of(sequences);
        NDArray student = batch.logits(merged, scope);
        List<DamLoss.Answers> answers = new ArrayList<>();
        int begin = 0;
        for (int group = 0; group < groups; group++) {
            int end = begin;
            for (int i = 0; i < chosen.size(); i++) {
                end += batch.positions(group * chosen.size() + i);
            }
            NDArray own = student.get(new NDIndex().addSliceDim(begin, end));
            answers.add(new DamLoss.Answers(own, teacher.targets(scope, group, chosen)));
            begin = end;
        }
        return answers;
    }

    /**
     * The models that the column groups belong to: those that are merged and, where it has rows of its own, the base.
     */
    private List<LanguageModel> teachers() {
        List<LanguageModel> teachers = new ArrayList<>(models.models());
        if (groups > teachers.size()) {
            teachers.add(models.base());
        }
        return teachers;
    }

    private Map<String, NDArray> conflicts(SourceModel base, List<SourceModel> members) {
        Map<String, NDArray> conflicts = new HashMap<>();
        int pairs = members.size() * (members.size() - 1) / 2;
        for (String tensor : parameters.names()) {
            TensorSource original = base.source(tensor);
            if (LayerKind.of(models.config(), tensor, original.info().shape()) == LayerKind.LINEAR && pairs > 0) {
                float[] values = ColumnSimilarity.weights(
                        original, members.stream().map(member -> member.source(tensor)).toList());
                Shape shape = new Shape(pairs, values.length / pairs);
                conflicts.put(tensor, HostArrays.floats(models.manager(), shape, buffer -> buffer.put(values)));
            }
        }
        return conflicts;
    }
}
