package org.llmmerging.eval.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.llmmerging.checkpoint.Sha256;

/**
 * Random numbers that depend on a seed and a name only, so that adding a model or a weight changes no other.
 * {@link Random} is used because its algorithm, the normal distribution included, is specified to the last bit.
 */
public final class NamedRandom {
    private NamedRandom() {}

    /** A fresh stream, the same on every machine for the same arguments. */
    public static Random of(long seed, String name) {
        byte[] digest = Sha256.digest().digest((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
        return new Random(ByteBuffer.wrap(digest).getLong());
    }
}
