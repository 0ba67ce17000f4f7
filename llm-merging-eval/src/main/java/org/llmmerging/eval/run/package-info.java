/**
 * What carries out a registered name, without a command line: its plan, its three steps, and the scoring of what they
 * make; where the kit lies, and what stands for its code.
 */
@NullMarked
package org.llmmerging.eval.run;

import org.jspecify.annotations.NullMarked;
