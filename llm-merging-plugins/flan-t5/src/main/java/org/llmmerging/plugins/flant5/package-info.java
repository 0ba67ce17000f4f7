/** Every built-in merge method for Flan-T5 models. */
@NullMarked
package org.llmmerging.plugins.flant5;

import org.jspecify.annotations.NullMarked;
