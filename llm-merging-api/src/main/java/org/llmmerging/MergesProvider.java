package org.llmmerging;

import java.util.Collection;

/**
 * Registers many {@link Merges} with one class. A service: list the class in
 * {@code META-INF/services/org.llmmerging.MergesProvider}, with a public no-argument constructor that does no work.
 *
 * <p>A plugin for an architecture needs no more than
 * {@snippet :
 * public final class Llama2Merges implements MergesProvider {
 *     @Override
 *     public Collection<Merges> merges() {
 *         return StandardMerges.forArchitecture("llama2");
 *     }
 * }
 * }
 */
@FunctionalInterface
public interface MergesProvider {

    /** The entries to register. Called once, at start-up; neither null nor holding nulls. */
    Collection<Merges> merges();
}
