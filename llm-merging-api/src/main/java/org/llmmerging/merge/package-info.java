/** The merge engine: a complete plan from headers alone, then streaming execution in bounded memory. */
@NullMarked
package org.llmmerging.merge;

import org.jspecify.annotations.NullMarked;
