package org.llmmerging.merge;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.ElementKernels;

/**
 * Checks that what is merged and what is written are numbers, and finds out where those come from that are not. Inputs
 * are checked as well as the result, for a method may drop an element, or take another model's, by what it compares to.
 * Thread-safe.
 */
final class NonFinite {
    /** Bits of a float32 infinity; larger ones, the sign aside, are not numbers. */
    private static final int INFINITY_BITS = 0x7f800000;

    /** Bits of the smallest float32 that rounds to infinity in bfloat16. */
    private static final int BFLOAT16_OVERFLOW_BITS = 0x7f7f8000;

    /** The smallest float32 that rounds to infinity in float16. */
    private static final float FLOAT16_OVERFLOW = 65520;

    private static final ValueLayout.OfDouble FLOAT64 = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PlannedTensor planned;
    private final boolean allowed;

    /** @param allowed whether only numbers that the output's type cannot hold are refused */
    NonFinite(PlannedTensor planned, boolean allowed) {
        this.planned = planned;
        this.allowed = allowed;
    }

    /** @throws MergeException naming the model and the tensor that holds a value that is no number */
    void checkInputs(Block block) {
        if (allowed) {
            return;
        }
        boolean finite = planned.sources().base() == null || isFinite(block.base(), block.length());
        for (int i = 0; i < block.modelCount(); i++) {
            finite &= isFinite(block.model(i), block.length());
        }
        if (!finite) {
            String found = origin();
            throw new MergeException(Objects.requireNonNull(found, "one of this block's elements is not finite"));
        }
    }

    /** @throws MergeException naming the tensor, and the model that the value comes from when it is an input's */
    void checkOutput(Block block) {
        int largest = largestMagnitudeBits(block.output(), block.length());
        if (largest >= INFINITY_BITS) {
            if (!allowed) {
                String found = origin();
                throw new MergeException(found == null ? ofMethod(block) : found);
            }
            largest = Float.floatToIntBits(largestFinite(block));
        }
        DType dtype = planned.output().dtype();
        if (largest >= overflowBits(dtype)) {
            throw new MergeException("tensor " + planned.output().name() + ": the merged values reach "
                    + Float.intBitsToFloat(largest) + ", more than " + limit(dtype) + ". Set out_dtype: "
                    + remedy(dtype) + "; where that cannot be set, use models of that type");
        }
    }

    /**
     * Checks what is copied and not merged: of the types that can be merged, only float64 is.
     *
     * @param bytes of whole elements
     * @param firstByte where in the tensor they begin
     * @throws MergeException naming the model and the tensor that holds a value that is no number
     */
    void checkCopied(ByteBuffer bytes, long firstByte) {
        if (allowed || planned.output().dtype() != DType.F64) {
            return;
        }
        DoubleBuffer values = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
        for (int i = 0; i < values.limit(); i++) {
            if (!Double.isFinite(values.get(i))) {
                throw new MergeException(ofInput(
                        planned.sources().models().getFirst(), firstByte / Double.BYTES + i,
                        Double.toString(values.get(i))));
            }
        }
    }

    /** Where a value that is no number stands in an input, in all of the tensor, or null. */
    private @Nullable String origin() {
        List<TensorSource> sources = new ArrayList<>(planned.sources().models());
        TensorSource base = planned.sources().base();
        if (base != null) {
            sources.add(base);
        }
        long elements = planned.output().shape().elements();
        float[] values = new float[(int) Math.min(elements, StreamedInputs.CHUNK_ELEMENTS)];
        for (TensorSource source : sources) {
            for (long first = 0; first < elements; first += values.length) {
                int length = (int) Math.min(values.length, elements - first);
                source.read(first, values, length);
                for (int i = 0; i < length; i++) {
                    if (!Float.isFinite(values[i])) {
                        return ofInput(source, first + i, values[i]);
                    }
                }
            }
        }
        return null;
    }

    private static String ofInput(TensorSource source, long at, float value) {
        String tensor = source.model() + ": tensor " + source.info().name();
        TensorSource read = source;
        if (source instanceof RoundedSource rounded) {
            read = rounded.source();
            float[] exact = new float[1];
            read.read(at, exact, 1);
            if (Float.isFinite(exact[0])) {
                return tensor + " holds " + exact[0] + " at element " + at + ", more than " + limit(rounded.dtype())
                        + ". Set dtype: " + remedy(rounded.dtype());
            }
        }
        if (Float.isInfinite(value) && read.info().dtype() == DType.F64 && !isStoredInfinity(read, at)) {
            return tensor + " holds a float64 at element " + at + " that float32, in which models are merged, does not"
                    + " hold. Use a checkpoint without it, or let it pass as Infinity with --allow-non-finite";
        }
        return ofInput(source, at, Float.toString(value));
    }

    /** Of what is computed, as with an adapter, nothing tells. */
    private static boolean isStoredInfinity(TensorSource source, long at) {
        return source.stored()
                .filter(bytes -> Double.isInfinite(bytes.get(FLOAT64, at * Double.BYTES)))
                .isPresent();
    }

    private static String ofInput(TensorSource source, long at, String value) {
        return source.model() + ": tensor " + source.info().name() + " holds " + value + " at element " + at
                + ". Use a checkpoint without it, or let it pass with --allow-non-finite";
    }

    private String ofMethod(Block block) {
        int at = 0;
        while (Float.isFinite(block.output()[at])) {
            at++;
        }
        MergeMethod method = Objects.requireNonNull(planned.method());
        boolean hasWeights = method.lambdaParameter()
                .filter(parameter -> parameter.scope() == ParameterSpec.Scope.PER_MODEL)
                .isPresent();
        return "tensor " + planned.output().name() + ": method " + method.name() + " gives " + block.output()[at]
                + " at element "
                + (block.offset() + at) + " from finite inputs. "
                + (hasWeights
                        ? "Use smaller weights"
                        : "A sum overflowed, or the method has a fault: correct it, use another, or let it pass with"
                                + " --allow-non-finite");
    }

    private static float largestFinite(Block block) {
        float largest = 0;
        for (int i = 0; i < block.length(); i++) {
            float magnitude = Math.abs(block.output()[i]);
            if (Float.isFinite(magnitude)) {
                largest = Math.max(largest, magnitude);
            }
        }
        return largest;
    }

    private static boolean isFinite(float[] values, int length) {
        return largestMagnitudeBits(values, length) < INFINITY_BITS;
    }

    private static int largestMagnitudeBits(float[] values, int length) {
        return ElementKernels.instance().largestMagnitudeBits(values, 0, length);
    }

    private static int overflowBits(DType dtype) {
        return switch (dtype) {
            case F16 -> Float.floatToIntBits(FLOAT16_OVERFLOW);
            case BF16 -> BFLOAT16_OVERFLOW_BITS;
            default -> INFINITY_BITS;
        };
    }

    private static String limit(DType dtype) {
        return dtype == DType.F16 ? "float16 holds (65504)" : "bfloat16 holds (3.39e38)";
    }

    private static String remedy(DType dtype) {
        return dtype == DType.F16 ? "bfloat16 or float32" : "float32";
    }
}
