package org.llmmerging.method;

import java.util.List;
import java.util.Optional;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/**
 * Spherical linear interpolation of a model with the base (Shoemake 1985), the tensor taken as one vector. {@code t} 0
 * is the base, 1 the model; values outside extrapolate. The angle is between the directions, the weights act on the
 * vectors as they are, so that lengths are interpolated too. Nearly parallel or antiparallel vectors are interpolated
 * linearly.
 */
public final class Slerp implements MergeMethod {
    static final Paper PAPER = new Paper(
            "Animating rotation with quaternion curves", "https://doi.org/10.1145/325334.325242");

    private static final ParameterSpec T = ParameterSpec.global("t").describedAs("0 is the base, 1 the other model");
    /** A vector is brought to length one only when longer than this. */
    private static final double SHORTEST = 1e-8;
    /** Beyond this cosine the arc is as good as straight, or undefined. */
    private static final double STRAIGHT = 0.9995;

    @Override
    public String name() {
        return "slerp";
    }

    @Override
    public String summary() {
        return "spherical interpolation from the base to one model (Shoemake 1985)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(PAPER);
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(T);
    }

    @Override
    public Optional<ParameterSpec> lambdaParameter() {
        return Optional.of(T);
    }

    @Override
    public MixedTypes mixedTypes() {
        return MixedTypes.WRITE_AS_BASE;
    }

    @Override
    public boolean cutsBase() {
        return true;
    }

    @Override
    public ModelCount models() {
        return ModelCount.exactly(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double t = parameters.number("t");
        if (t == 0 || t == 1) {
            return LinearCombination.of(Frame.BASE_AND_MODELS, new double[] {1 - t, t});
        }
        return SpanKernels.perTensor(inputs, Frame.BASE_AND_MODELS, gram -> coefficients(gram, t));
    }

    private static double[] coefficients(GramMatrix gram, double t) {
        double cosine = cosine(gram);
        if (Math.abs(cosine) > STRAIGHT) {
            return new double[] {1 - t, t};
        }
        double angle = Math.acos(cosine);
        double sine = Math.sin(angle);
        return new double[] {Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine};
    }

    private static double cosine(GramMatrix gram) {
        double first = gram.norm(0);
        double second = gram.norm(1);
        return gram.dot(0, 1) / (first > SHORTEST ? first : 1) / (second > SHORTEST ? second : 1);
    }
}
