/** The comparison of several models' results: one page to look at, and the same for programs as JSON and CSV. */
@NullMarked
package org.llmmerging.eval.report;

import org.jspecify.annotations.NullMarked;
