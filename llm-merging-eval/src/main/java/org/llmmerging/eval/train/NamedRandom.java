package org.llmmerging.eval.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/**
 * Random numbers that depend on a seed and a name only, so that adding a model or a weight changes no other.
 * {@link Random} is used because its algorithm, the normal distribution included, is specified to the last bit.
 */
public final class NamedRandom {
    private NamedRandom() {}

    /** A fresh stream, the same on every machine for the same arguments. */
    public static Random of(long seed, String name) {
        byte[] digest = sha256((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
        return new Random(ByteBuffer.wrap(digest).getLong());
    }

    /** The SHA-256 digest of some bytes. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
