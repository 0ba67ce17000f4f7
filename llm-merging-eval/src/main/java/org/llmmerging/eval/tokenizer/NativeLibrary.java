package org.llmmerging.eval.tokenizer;

import ai.djl.util.Utils;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;

/** The native libraries, which DJL unpacks into a folder of the user's and loads from there. */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Says that one cannot be loaded, with every cause and what to do.
     *
     * @param name what it is called, as in {@code PyTorch}
     */
    public static ConfigException unusable(String name, Throwable failure) {
        StringBuilder causes = new StringBuilder();
        for (@Nullable
        Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            String message = said.replaceFirst("\\.$", "");
            causes.append(causes.isEmpty() ? "" : ": ").append(message);
        }
        return new ConfigException(
                "the " + name + " library cannot be loaded (" + causes + "). It is unpacked in "
                        + Utils.getEngineCacheDir()
                        + ": see that the folder can be written and has room, or name another in DJL_CACHE_DIR, with"
                        + " ENGINE_CACHE_DIR unset."
                        + " environment.md lists the platforms that have one",
                failure);
    }
}
