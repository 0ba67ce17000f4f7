package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.IntConsumer;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamSequence;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.eval.train.dam.data.TopKLogits;

/** Reads the logits that a data set keeps, those of padding left out. */
record StoredTeacher(DamDataset dataset) implements Teacher {

    @Override
    public Targets targets(NDManager scope, int model, List<Integer> rows) {
        int width = dataset.info().logitsWidth();
        int positions = rows.stream().mapToInt(row -> counted(model, row)).sum();
        Shape shape = new Shape(positions, width);
        if (dataset.info().logits() == StoredLogits.FULL) {
            return new Targets(HostArrays.floats(scope, shape, buffer -> rows.forEach(row -> {
                float[] values = dataset.fullLogits(model, row);
                eachPosition(model, row, position -> buffer.put(values, position * width, width));
            })), null);
        }
        List<TopKLogits> logits = rows.stream().map(row -> dataset.topKLogits(model, row)).toList();
        NDArray values = HostArrays.floats(scope, shape, buffer -> {
            for (int i = 0; i < rows.size(); i++) {
                float[] row = logits.get(i).values();
                eachPosition(model, rows.get(i), position -> buffer.put(row, position * width, width));
            }
        });
        NDArray indices = HostArrays.longs(scope, shape, buffer -> {
            for (int i = 0; i < rows.size(); i++) {
                int[] row = logits.get(i).indices();
                eachPosition(model, rows.get(i), position -> {
                    for (int k = 0; k < width; k++) {
                        buffer.put(row[position * width + k]);
                    }
                });
            }
        });
        return new Targets(values, indices);
    }

    private int counted(int model, int row) {
        int[] count = new int[1];
        eachPosition(model, row, position -> count[0]++);
        return count[0];
    }

    private void eachPosition(int model, int row, IntConsumer action) {
        DamSequence sequence = dataset.sequence(model, row);
        for (int position = 0; position < sequence.positions(); position++) {
            if (sequence.labels().length > 0 || sequence.attentionMask()[position] != 0) {
                action.accept(position);
            }
        }
    }
}
