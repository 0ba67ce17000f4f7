package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** A model of which there is nothing but the names of its tensors. */
record HeaderOnlyModel(SortedMap<String, TensorInfo> tensors) implements Checkpoint {

    static SourceModel of(Collection<String> names) {
        SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        names.forEach(name -> tensors.put(name, new TensorInfo(name, DType.F32, Shape.of(2, 2))));
        return new SourceModel("model", new HeaderOnlyModel(tensors), null);
    }

    @Override
    public Path folder() {
        return Path.of("nowhere");
    }

    @Override
    public Tensor tensor(String name) {
        throw new UnsupportedOperationException("there are no weights");
    }

    @Override
    public void close() {}
}
