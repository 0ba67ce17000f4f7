/** Greedy soups: which models of a configuration are worth averaging, found out on validation rows. */
@NullMarked
package org.llmmerging.soup;

import org.jspecify.annotations.NullMarked;
