package org.llmmerging.eval.train.dam.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** The names in a combined data set's folder. */
final class DamFiles {
    static final String INFO = "dataset.json";
    static final String ROWS = "train.jsonl";
    static final String LOGITS = "logits.safetensors";

    /** Every file that a folder may have. */
    static final Set<String> ALL = Set.of(INFO, ROWS, LOGITS);

    private DamFiles() {}

    /** Name of a column: models are numbered from 1. */
    static String column(String what, int model) {
        return what + "_" + (model + 1);
    }

    /** Name of a tensor: models are numbered from 1, rows from 0. */
    static String tensor(String what, int model, int row) {
        return column(what, model) + "." + row;
    }

    static String values(DamDatasetInfo info, int model, int row) {
        return tensor(info.logits() == StoredLogits.FULL ? "logits" : "topk_logits", model, row);
    }

    static String indices(int model, int row) {
        return tensor("topk_indices", model, row);
    }

    /** The tensors that a set with these rows has, in the order they are computed in: model by model. */
    static List<TensorInfo> tensors(DamDatasetInfo info, List<DamRow> rows) {
        List<TensorInfo> tensors = new ArrayList<>();
        if (info.logits() == StoredLogits.NONE) {
            return tensors;
        }
        for (int model = 0; model < info.models().size(); model++) {
            for (int row = 0; row < rows.size(); row++) {
                int positions = rows.get(row).sequences().get(model).positions();
                Shape shape = Shape.of(positions, info.logitsWidth());
                tensors.add(new TensorInfo(values(info, model, row), DType.F32, shape));
                if (info.logits() == StoredLogits.TOP_K) {
                    tensors.add(new TensorInfo(indices(model, row), DType.I32, shape));
                }
            }
        }
        return tensors;
    }
}
