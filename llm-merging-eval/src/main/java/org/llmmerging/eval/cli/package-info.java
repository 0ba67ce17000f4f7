/** The command line: the only package that prints to standard output or ends the process. */
@NullMarked
package org.llmmerging.eval.cli;

import org.jspecify.annotations.NullMarked;
