/** What every kind of result is written with: files that are there whole, their JSON, and the digest of a model. */
@NullMarked
package org.llmmerging.eval.io;

import org.jspecify.annotations.NullMarked;
