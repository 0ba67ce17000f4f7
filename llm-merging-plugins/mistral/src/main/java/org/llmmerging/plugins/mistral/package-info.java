/** Every built-in merge method for Mistral models. */
@NullMarked
package org.llmmerging.plugins.mistral;

import org.jspecify.annotations.NullMarked;
