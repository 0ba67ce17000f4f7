/**
 * Tests of {@code main} as a user starts it: a process of its own, judged by its exit code, what it prints and the
 * files it leaves. They run when everything is built, in {@code verify}.
 *
 * <p>The arithmetic of {@link org.llmmerging.endtoend.ReferenceMerge} is written from the papers' formulas, in float64,
 * and shares nothing with the kit's merge methods.
 */
@NullMarked
package org.llmmerging.endtoend;

import org.jspecify.annotations.NullMarked;
