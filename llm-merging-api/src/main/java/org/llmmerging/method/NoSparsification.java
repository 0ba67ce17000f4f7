package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;

/** Keeps everything; a density may be written, as configurations in the wild have one, and changes nothing. */
final class NoSparsification implements Sparsifier {

    @Override
    public Paper paper() {
        return Paper.arxiv("Editing models with task arithmetic", "2212.04089");
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(Sparsifier.density().describedAs("taken for mergekit's sake, without effect"));
    }

    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        return ElementMask.EVERYTHING;
    }
}
