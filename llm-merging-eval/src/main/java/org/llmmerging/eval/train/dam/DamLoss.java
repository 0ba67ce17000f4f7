package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.Scaling;
import org.llmmerging.eval.train.TrainableParameters;

/**
 * The sum of losses that training minimises (arXiv 2410.08371, section 3.2). Losses of logits are taken for each model
 * on its own data and added up over the models; losses of coefficients are added up over the tensors that have some.
 * Biases have one coefficient each and are not regularised.
 */
final class DamLoss {
    private final TrainingSettings settings;
    private final TrainableParameters coefficients;
    private final List<String> regularised;
    private final Map<String, NDArray> conflicts;

    /**
     * @param conflicts by linear tensor the weights of its columns, see {@link ColumnSimilarity}; may be empty where
     *     the weighted overlap is not computed
     */
    DamLoss(
            TrainingSettings settings,
            TrainableParameters coefficients,
            Map<String, NDArray> conflicts) {
        this.settings = settings;
        this.coefficients = coefficients;
        this.conflicts = Map.copyOf(conflicts);
        this.regularised = coefficients.names().stream().filter(name -> !name.endsWith(".bias")).toList();
    }

    /**
     * What the merged model and one of the models answer to the same positions.
     *
     * @param student the merged model's logits, {@code [positions, vocabulary]}
     */
    record Answers(NDArray student, Teacher.Targets targets) {
        /** The student's logits of the tokens that there are targets for. */
        private NDArray chosen() {
            NDArray indices = targets.indices();
            return indices == null ? student : student.gather(indices, 1);
        }
    }

    /**
     * Losses, each with its factor.
     *
     * @param total the sum of those that are minimised
     * @param each all that were computed
     */
    record Losses(NDArray total, Map<LossKind, NDArray> each) {}

    /** @param answers one for each model */
    Losses of(List<Answers> answers) {
        Map<LossKind, NDArray> each = new EnumMap<>(LossKind.class);
        NDArray total = null;
        for (LossKind kind : LossKind.values()) {
            boolean enabled = settings.minimises(kind);
            if (enabled || settings.reportAll()) {
                NDArray loss = loss(kind, answers);
                each.put(kind, loss);
                if (enabled) {
                    total = total == null ? loss : total.add(loss);
                }
            }
        }
        if (total == null) {
            throw new IllegalStateException("no loss is enabled");
        }
        return new Losses(total, each);
    }

    private NDArray loss(LossKind kind, List<Answers> answers) {
        List<NDArray> terms = new ArrayList<>();
        if (kind.isOfLogits()) {
            answers.forEach(each -> terms.add(ofLogits(kind, each)));
        } else {
            regularised.forEach(tensor -> terms.add(ofCoefficients(kind, tensor)));
        }
        NDArray sum = terms.getFirst();
        for (NDArray term : terms.subList(1, terms.size())) {
            sum = sum.add(term);
        }
        return sum;
    }

    private NDArray ofLogits(LossKind kind, Answers answers) {
        return switch (kind) {
            case KL -> LogitLosses.kullbackLeibler(
                    answers.chosen(), answers.targets().logits(), settings.number(DamParameter.TEMPERATURE));
            case MSE -> Scaling.times(
                    LogitLosses.meanSquaredError(answers.chosen(), answers.targets().logits()),
                    settings.number(DamParameter.LAMBDA_COEF_MSE));
            case ENTROPY -> Scaling.times(
                    LogitLosses.entropy(answers.student(), settings.number(DamParameter.TEMPERATURE)),
                    settings.number(DamParameter.LAMBDA_COEF_ENTROPY));
            default -> throw new IllegalArgumentException(kind.key());
        };
    }

    private NDArray ofCoefficients(LossKind kind, String tensor) {
        NDArray values = coefficients.get(tensor);
        return switch (kind) {
            case SIMILARITY -> Scaling.times(CoefficientLosses.similarity(values),
                    settings.number(DamParameter.LAMBDA_COEF_SIMILARITY));
            case L1_L2_REG -> Scaling.times(CoefficientLosses.l1(values), settings.number(DamParameter.LAMBDA_COEF_L1))
                    .add(Scaling.times(CoefficientLosses.l2(values), settings.number(DamParameter.LAMBDA_COEF_L2)));
            case OVERLAP -> Scaling.times(CoefficientLosses.overlap(values, null),
                    settings.number(DamParameter.LAMBDA_COEF_OVERLAP));
            case WEIGHTED_OVERLAP -> weightedOverlap(values, conflicts.get(tensor));
            default -> throw new IllegalArgumentException(kind.key());
        };
    }

    /** Of linear layers; other layers have no columns that could conflict. */
    private NDArray weightedOverlap(NDArray values, @Nullable NDArray weights) {
        return weights == null
                ? Scaling.times(values.sum(), 0)
                : Scaling.times(CoefficientLosses.overlap(values, weights),
                        settings.number(DamParameter.LAMBDA_COEF_OVERLAP));
    }
}
