/** Every built-in merge method for Llama 2 models. */
@NullMarked
package org.llmmerging.plugins.llama2;

import org.jspecify.annotations.NullMarked;
