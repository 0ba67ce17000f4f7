package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** Models with a tokenizer, for merges of vocabularies. */
record TokenizedModels(Path folder) {
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String UNION = """
            models:
            - {model: a, parameters: {weight: 0.5}}
            - {model: b, parameters: {weight: 0.5}}
            merge_method: linear
            tokenizer: {source: union}
            """;

    static String wordPiece(String vocabulary) {
        return "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {" + vocabulary + "}}}";
    }

    /** A model whose embedding has one column, with these values. */
    Path model(String name, String tokenizer, float... embedding) throws IOException {
        Path model = new TinyModel(folder.resolve(name))
                .config("{\"vocab_size\": 1, \"eos_token_id\": [0, 1], \"pad_token_id\": 2, \"bos_token_id\": null}")
                .tensor(EMBEDDING, DType.F32, Shape.of(embedding.length, 1), embedding)
                .write();
        Files.writeString(model.resolve("tokenizer.json"), tokenizer);
        return model;
    }

    /** A model whose tokenizer has the tokens x and y, and whose tensors the test adds. */
    TinyModel withTokenizer(String name) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve("tokenizer.json"), wordPiece("\"x\": 0, \"y\": 1"));
        return new TinyModel(model);
    }
}
