/** Every built-in merge method for Llama 3 models. */
@NullMarked
package org.llmmerging.plugins.llama3;

import org.jspecify.annotations.NullMarked;
