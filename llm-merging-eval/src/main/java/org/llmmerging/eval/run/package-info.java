/** What carries out a registered name: its plan, its three steps, and the scoring of what they make. */
@NullMarked
package org.llmmerging.eval.run;

import org.jspecify.annotations.NullMarked;
