/**
 * Vocabularies of different models brought to one: {@code tokenizer.json} read and written, the output's vocabulary,
 * which embedding each of its tokens gets in each model, and chat templates. Text is never tokenized here.
 *
 * <p>{@link org.llmmerging.tokenizer.TokenizerFile} reads what a model has,
 * {@link org.llmmerging.tokenizer.OutputVocabulary} decides the tokens of the output,
 * {@link org.llmmerging.tokenizer.EmbeddingRows} where the embedding of each comes from,
 * {@link org.llmmerging.tokenizer.RemappedSource} reads a model's tensor in the new order of rows, and
 * {@link org.llmmerging.tokenizer.OutputTokenizer} writes the files.
 */
@NullMarked
package org.llmmerging.tokenizer;

import org.jspecify.annotations.NullMarked;
