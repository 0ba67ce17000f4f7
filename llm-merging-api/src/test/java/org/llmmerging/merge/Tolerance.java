package org.llmmerging.merge;

import java.util.Map;

import static java.util.Map.entry;

/**
 * How far a merge may be from mergekit's: the last column of the golden cases' table, a case each. A tie flip is an
 * element that is dropped in one and kept in the other, because equal magnitudes stand at the cut.
 *
 * @param different share of the elements that may differ at all
 * @param beyondOneUlp number that may be more than one step of the output's type off
 * @param largest largest absolute difference, tie flips aside
 * @param far number that may be more than four roundings of a value of at least 0.01 off
 * @param flips number of tie flips, which may exceed everything else
 */
record Tolerance(double different, long beyondOneUlp, double largest, long far, long flips) {
    private static final double ALL = 1;
    private static final long ANY = Long.MAX_VALUE / 2;

    /** Float32 results, and the rule of cases that the table does not list. */
    private static final Tolerance FLOAT32 = new Tolerance(ALL, ANY, 1e-6, ANY, 0);

    private static final Tolerance EXACT = new Tolerance(0, 0, 0, 0, 0);

    private static final Map<String, Tolerance> BY_CASE = Map.ofEntries(
            entry("h64_slerp_gradient_classic_bf16", oneUlp(0.001)),
            entry("h64_ties_example_f32_out_bf16", oneUlp(0.001)),
            entry("h64_task_arithmetic_4ft_f32_out_bf16", oneUlp(0.001)),
            entry("h64_ties_d05_bf16", rounded(13688, 222784, 5178, 2.0e-2, 668).withFlips(2180)),
            entry("linear_bf16", rounded(2748, 7116, 93, 7.8e-3, 0)),
            entry("linear_bf16_src", rounded(2691, 7116, 107, 7.8e-3, 0)),
            entry("linear_bf16_src_f32_math_out_bf16", oneUlp(0.05)),
            entry("linear_fp16", rounded(2809, 7116, 134, 9.8e-4, 0)),
            entry("linear_fp16_src", rounded(3, 7116, 0, 2.4e-7, 0)),
            entry("linear_out_fp16", oneUlp(0.001)),
            entry("slerp_gradient_classic_fp16", oneUlp(0.001)),
            entry("slerp_bf16_src", oneUlp(0.001)),
            entry("nuslerp_bf16", rounded(1058, 7116, 255, 3.9e-3, 12)),
            entry("ta_bf16", rounded(903, 7116, 202, 4.9e-4, 2)),
            entry("ta_bf16_src", rounded(396, 7116, 121, 4.9e-4, 0)),
            entry("ta_bf16_src_f32_out_bf16", oneUlp(0.001)),
            entry("ta_fp16", rounded(884, 7116, 183, 4.9e-4, 2)),
            entry("ta_mixed_src", rounded(1769, 7116, 149, 7.8e-3, 2)),
            entry("ties_bf16", rounded(625, 7116, 207, 6.9e-3, 3).withFlips(112)),
            entry("ties_fp16", rounded(620, 7116, 214, 6.1e-5, 0).withFlips(28)),
            entry("ties_bf16_src_f32_out_bf16", oneUlp(0.001).withFlips(77)),
            entry("model_stock_bf16", rounded(1967, 7116, 143, 7.8e-3, 0)),
            entry("passthrough_franken", EXACT),
            entry("passthrough_self_dup_bf16", EXACT),
            entry("passthrough_scale_bf16_src", EXACT));

    /** The tolerance of a case. */
    static Tolerance of(String name) {
        return BY_CASE.getOrDefault(name, FLOAT32);
    }

    /** All but a share are the same, and no element is more than one step off. */
    private static Tolerance oneUlp(double share) {
        return new Tolerance(share, 0, Double.POSITIVE_INFINITY, ANY, 0);
    }

    /** What float32 arithmetic with one rounding at the end was measured to differ by, to two digits. */
    private static Tolerance rounded(long different, long elements, long beyondOneUlp, double largest, long far) {
        return new Tolerance((double) different / elements, beyondOneUlp, largest * 1.02, far, 0);
    }

    private Tolerance withFlips(long count) {
        return new Tolerance(different, beyondOneUlp, largest, far, count);
    }
}
