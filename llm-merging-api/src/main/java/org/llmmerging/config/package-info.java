/** The two configuration dialects, the kit's and mergekit's, read into one model with line and column kept. */
@NullMarked
package org.llmmerging.config;

import org.jspecify.annotations.NullMarked;
