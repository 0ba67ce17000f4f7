package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.llmmerging.Block;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.ElementKernels;

/** Checks that what is written are numbers, and finds out where those come from that are not. */
final class NonFinite {
    /** Bits of a float32 infinity; larger ones, the sign aside, are not numbers. */
    private static final int INFINITY_BITS = 0x7f800000;

    /** The smallest float32 that rounds to infinity in float16. */
    private static final float FLOAT16_OVERFLOW = 65520f;

    private NonFinite() {}

    /**
     * @param allowed whether only what float16 cannot hold is refused
     * @throws MergeException naming the tensor, and the model that the value comes from when it is an input's
     */
    static void refuse(PlannedTensor planned, Block block, boolean allowed) {
        int largest = ElementKernels.instance().largestMagnitudeBits(block.output(), 0, block.length());
        String tensor = planned.output().name();
        if (largest >= INFINITY_BITS) {
            if (allowed) {
                return;
            }
            throw new MergeException(origin(planned, block));
        }
        if (planned.output().dtype() == DType.F16 && Float.intBitsToFloat(largest) >= FLOAT16_OVERFLOW) {
            throw new MergeException("tensor " + tensor + ": the merged values reach " + Float.intBitsToFloat(largest)
                    + ", more than float16 holds (65504). Set out_dtype: bfloat16 or float32");
        }
    }

    private static String origin(PlannedTensor planned, Block block) {
        List<TensorSource> sources = new ArrayList<>(planned.models());
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < block.modelCount(); i++) {
            values.add(block.model(i));
        }
        if (planned.base() != null) {
            sources.add(planned.base());
            values.add(block.base());
        }
        for (int i = 0; i < sources.size(); i++) {
            int at = firstNonFinite(values.get(i), block.length());
            if (at >= 0) {
                return sources.get(i).model() + ": tensor " + sources.get(i).info().name() + " holds "
                        + values.get(i)[at] + " at element " + (block.offset() + at)
                        + ". Use a checkpoint without it, or let it pass with --allow-non-finite";
            }
        }
        int at = firstNonFinite(block.output(), block.length());
        return "tensor " + planned.output().name() + ": method "
                + Objects.requireNonNull(planned.method()).name() + " gives " + block.output()[at] + " at element "
                + (block.offset() + at) + " from finite inputs. Use smaller weights";
    }

    private static int firstNonFinite(float[] values, int length) {
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
