/** Models by their name on the Hugging Face Hub, as its own tools keep them on disk. */
@NullMarked
package org.llmmerging.hub;

import org.jspecify.annotations.NullMarked;
