/** Text to token ids and back, with the special tokens and the truncation of the original kit. */
@NullMarked
package org.llmmerging.eval.tokenizer;

import org.jspecify.annotations.NullMarked;
