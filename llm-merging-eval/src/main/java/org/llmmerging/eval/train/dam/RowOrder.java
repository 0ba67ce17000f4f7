package org.llmmerging.eval.train.dam;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.llmmerging.eval.train.NamedRandom;

/** Which rows each step reads: in every epoch all of them, in an order that depends on the seed and the epoch only. */
final class RowOrder {
    private final int rows;
    private final TrainingSettings settings;
    private final long stepsPerEpoch;

    RowOrder(int rows, TrainingSettings settings) {
        this.rows = rows;
        this.settings = settings;
        int passes = Math.ceilDiv(rows, settings.batchSize());
        this.stepsPerEpoch = Math.ceilDiv(passes, settings.accumulation());
    }

    /** Number of steps of the whole training. */
    long steps() {
        return stepsPerEpoch * settings.epochs();
    }

    /** How often the rows have been read after so many steps. */
    double epochAfter(long step) {
        return (double) step / stepsPerEpoch;
    }

    /**
     * The rows of each pass of a step, counted from 0. A step has one pass and a pass one row at least; the last step
     * of an epoch may have fewer than the others.
     */
    List<List<Integer>> passes(long step) {
        List<Integer> order = order(step / stepsPerEpoch);
        long perStep = Math.min(rows, (long) settings.batchSize() * settings.accumulation());
        int begin = Math.toIntExact(step % stepsPerEpoch * perStep);
        int end = (int) Math.min(rows, begin + perStep);
        List<List<Integer>> passes = new ArrayList<>();
        for (int at = begin; at < end;) {
            int next = (int) Math.min(end, (long) at + settings.batchSize());
            passes.add(order.subList(at, next));
            at = next;
        }
        return passes;
    }

    private List<Integer> order(long epoch) {
        List<Integer> order = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            order.add(row);
        }
        Collections.shuffle(order, NamedRandom.of(settings.seed(), "epoch " + epoch));
        return order;
    }
}
