/** Data types, shapes, the conversion between stored bytes and float32, and the vector kernels. */
@NullMarked
package org.llmmerging.tensor;

import org.jspecify.annotations.NullMarked;
