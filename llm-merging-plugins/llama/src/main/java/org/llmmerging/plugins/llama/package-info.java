/** Every built-in merge method for Llama models. */
@NullMarked
package org.llmmerging.plugins.llama;

import org.jspecify.annotations.NullMarked;
