package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.eval.train.dam.data.TopKLogits;

/** Reads the logits that a data set keeps. */
record StoredTeacher(DamDataset dataset) implements Teacher {

    @Override
    public Targets targets(NDManager scope, int model, List<Integer> rows) {
        int positions = rows.stream().mapToInt(row -> dataset.sequence(model, row).positions()).sum();
        Shape shape = new Shape(positions, dataset.info().logitsWidth());
        if (dataset.info().logits() == StoredLogits.FULL) {
            return new Targets(HostArrays.floats(
                    scope, shape, buffer -> rows.forEach(row -> buffer.put(dataset.fullLogits(model, row)))), null);
        }
        List<TopKLogits> logits = rows.stream().map(row -> dataset.topKLogits(model, row)).toList();
        NDArray values = HostArrays.floats(
                scope, shape, buffer -> logits.forEach(row -> buffer.put(row.values())));
        NDArray indices = HostArrays.longs(scope, shape, buffer -> logits.forEach(row -> {
            for (int index : row.indices()) {
                buffer.put(index);
            }
        }));
        return new Targets(values, indices);
    }
}
