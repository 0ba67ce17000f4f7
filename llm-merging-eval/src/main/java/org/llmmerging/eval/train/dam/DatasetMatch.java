package org.llmmerging.eval.train.dam;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.eval.model.DecoderConfig;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.train.dam.data.DamColumnGroup;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamDatasetInfo;
import org.llmmerging.eval.train.dam.data.DamModelInput;
import org.llmmerging.eval.train.dam.data.Vocabularies;

/**
 * Whether a data set is of the models of a merge: each column group of the model in its place, the base's of the base.
 *
 * @param base the base of the merge
 * @param models the models that are merged, in their order
 * @param fingerprints of the models and, last, of the base
 */
record DatasetMatch(SourceModel base, List<SourceModel> models, List<String> fingerprints) {

    /**
     * Compares fingerprints or, where the data set has none, tokenizers.
     *
     * @param warn given what could not be compared
     * @throws DatasetException naming the data set and what it is of instead
     * @throws CheckpointException when the models have another vocabulary than the base
     */
    void check(DamDataset dataset, Consumer<String> warn) {
        DamDatasetInfo info = dataset.info();
        String problem = problem(info, ModelConfig.read(base.folder()));
        if (problem != null) {
            throw new DatasetException(
                    dataset.folder(),
                    problem + "; make the set with dam data for the models of the merge, in their order");
        }
        Vocabularies.check(base, models);
        if (info.models().stream().anyMatch(group -> group.fingerprint() == null)) {
            warn.accept(dataset.folder() + ": the data set does not say which models it is of, so that only their"
                    + " number and their tokenizers are compared. Make it again with dam data to have that checked");
        }
    }

    private @Nullable String problem(DamDatasetInfo info, ModelConfig config) {
        long groups = info.models().stream().filter(group -> !group.isBase()).count();
        if (groups != models.size()) {
            return "has rows of " + groups + " models, the merge has " + models.size();
        }
        if (info.vocabularySize() != config.vocabularySize()) {
            return "is of models with " + info.vocabularySize() + " tokens, those of the merge have "
                    + config.vocabularySize();
        }
        if (info.encoderDecoder() == config instanceof DecoderConfig) {
            return "is of " + (info.encoderDecoder() ? "encoder-decoders" : "decoders")
                    + ", the models of the merge are of type " + config.modelType();
        }
        int model = 0;
        for (DamColumnGroup group : info.models()) {
            int place = group.isBase() ? models.size() : model++;
            SourceModel expected = group.isBase() ? base : models.get(place);
            String fingerprint = group.fingerprint();
            if (fingerprint == null) {
                String tokenizer = DamModelInput.tokenizerSha256(DamModelInput.tokenizerFolder(expected));
                if (!tokenizer.equals(group.tokenizerSha256())) {
                    return "has rows of " + group.model() + " that another tokenizer made than that of "
                            + expected.label();
                }
            } else if (!fingerprint.equals(fingerprints.get(place))) {
                return "has rows of " + group.model() + " where the merge has " + expected.label()
                        + (fingerprints.contains(fingerprint)
                                ? ", and the two differ"
                                : ", which is another model or has changed since");
            }
        }
        return null;
    }
}
