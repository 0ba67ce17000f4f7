package org.llmmerging.eval.train.dam;

/**
 * Which coefficients there are and where they begin.
 *
 * @param mergeEmbeddings whether embeddings have coefficients; without, they are the base model's
 * @param mergeNorms whether norms have coefficients; without, they are the base model's
 * @param useBaseModel whether the base is merged as one more model, the last
 * @param nonLinearity applied to coefficients before they multiply
 * @param randomLinear whether those of linear layers and biases begin at the softmax over the models of random numbers,
 *     else at 1/N
 * @param randomEmbeddings the same of embeddings
 * @param randomNorms the same of norms
 * @param seed of those random numbers
 */
public record CoefficientSettings(
        boolean mergeEmbeddings,
        boolean mergeNorms,
        boolean useBaseModel,
        NonLinearity nonLinearity,
        boolean randomLinear,
        boolean randomEmbeddings,
        boolean randomNorms,
        long seed) {

    /** Whether tensors of this kind have coefficients. */
    boolean covers(LayerKind kind) {
        return switch (kind) {
            case LINEAR, BIAS -> true;
            case EMBEDDING -> mergeEmbeddings;
            case NORM -> mergeNorms;
        };
    }

    /** Whether those of this kind begin at random. */
    boolean isRandom(LayerKind kind) {
        return switch (kind) {
            case LINEAR, BIAS -> randomLinear;
            case EMBEDDING -> randomEmbeddings;
            case NORM -> randomNorms;
        };
    }
}
