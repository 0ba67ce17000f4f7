package org.llmmerging.eval.train.dam.data;

/**
 * A file that rows were taken from.
 *
 * @param path as it was found
 * @param sha256 digest of its bytes, in lower-case hexadecimal
 */
public record DamSourceFile(String path, String sha256) {}
