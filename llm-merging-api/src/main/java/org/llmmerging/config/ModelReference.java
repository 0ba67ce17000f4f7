package org.llmmerging.config;

import org.jspecify.annotations.Nullable;

/**
 * A model as a configuration names it: {@code path}, {@code path@revision}, {@code path+lora} or
 * {@code path@revision+lora@revision}. Spaces belong to the path. A mapping can name any path:
 * {@code model: {path: path, revision: revision}, lora: {path: lora}}.
 *
 * @param path a folder, or a repository of the Hugging Face Hub such as {@code org/name}
 * @param revision branch, tag or commit of a Hub repository, or null for its default
 * @param adapter a LoRA adapter applied to it, or null
 */
public record ModelReference(String path, @Nullable String revision, @Nullable ModelReference adapter) {

    /** A model without revision and adapter; the path is taken as it is, {@code @} and {@code +} included. */
    public static ModelReference of(String path) {
        return new ModelReference(path, null, null);
    }

    /**
     * Reads a model as text.
     *
     * @throws IllegalArgumentException saying what is wrong and the remedy, when a part is empty or there is more than
     *     one adapter or revision
     */
    public static ModelReference parse(String text) {
        int plus = text.indexOf('+');
        if (plus != text.lastIndexOf('+')) {
            throw new IllegalArgumentException(
                    "'" + text + "' has more than one '+'. Write one adapter: path@revision+lora@revision.");
        }
        if (plus < 0) {
            return single(text, text, null);
        }
        ModelReference adapter = single(text.substring(plus + 1), text, null);
        return single(text.substring(0, plus), text, adapter);
    }

    /**
     * Reads a model as a command line gives it, as {@link #parse} does.
     *
     * @throws ConfigException saying what is wrong and the remedy
     */
    public static ModelReference ofArgument(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("model " + e.getMessage(), e);
        }
    }

    private static ModelReference single(String part, String whole, @Nullable ModelReference adapter) {
        int at = part.indexOf('@');
        if (at != part.lastIndexOf('@')) {
            throw new IllegalArgumentException(
                    "'" + whole + "' has more than one '@' for one model. Write path@revision.");
        }
        String path = at < 0 ? part : part.substring(0, at);
        String revision = at < 0 ? null : part.substring(at + 1);
        if (path.isBlank()) {
            throw new IllegalArgumentException("'" + whole + "' lacks a path. Write path@revision+lora@revision.");
        }
        if (revision != null && revision.isBlank()) {
            throw new IllegalArgumentException(
                    "'" + whole + "' has nothing after '@'. Write path@revision, or the path alone.");
        }
        return new ModelReference(path, revision, adapter);
    }

    /** Whether {@link #parse} reads the text as this reference: no part has {@code @} or {@code +} of its own. */
    public boolean isReadBack() {
        return isPlain(path) && (revision == null || isPlain(revision)) && (adapter == null || adapter.isReadBack());
    }

    private static boolean isPlain(String part) {
        return !part.contains("@") && !part.contains("+");
    }

    /** The form that configurations use, for messages and where {@link #isReadBack} holds for {@link #parse}. */
    @Override
    public String toString() {
        return path + (revision == null ? "" : "@" + revision) + (adapter == null ? "" : "+" + adapter);
    }
}
