/** The built-in merge methods. */
@NullMarked
package org.llmmerging.method;

import org.jspecify.annotations.NullMarked;
