package org.llmmerging.checkpoint;

/** What to do about a damaged file. */
final class Remedy {
    static final String REPLACE = "The file is damaged or not a safetensors file: download or write it again";
    static final String REPLACE_TORCH = "The file is damaged or not a PyTorch checkpoint: download or write it again";
    static final String CONVERT = "Convert it to safetensors, for example by loading it with transformers and calling"
            + " save_pretrained(folder, safe_serialization=True)";

    private Remedy() {}
}
