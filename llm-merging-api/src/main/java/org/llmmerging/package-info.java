/**
 * The service-provider interface: what a plugin author implements and nothing else.
 *
 * <p>{@link org.llmmerging.Merges} is one registered entry such as {@code slerp_llama2};
 * {@link org.llmmerging.MergeMethod} is the arithmetic of a method for any architecture. Both are found through
 * {@link java.util.ServiceLoader} files on the class path and in plugin jars.
 */
@NullMarked
package org.llmmerging;

import org.jspecify.annotations.NullMarked;
