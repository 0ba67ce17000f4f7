package org.llmmerging.config;

import org.jspecify.annotations.Nullable;

/**
 * A model as a configuration names it: {@code path}, {@code path@revision}, {@code path+lora} or
 * {@code path@revision+lora@revision}.
 *
 * @param path a folder, or a repository of the Hugging Face Hub such as {@code org/name}
 * @param revision branch, tag or commit of a Hub repository, or null for its default
 * @param adapter a LoRA adapter applied to it, or null
 */
public record ModelReference(String path, @Nullable String revision, @Nullable ModelReference adapter) {
}
