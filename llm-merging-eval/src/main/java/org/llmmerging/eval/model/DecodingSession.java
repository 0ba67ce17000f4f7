package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** A batch of sequences that grow token by token, with what was read of them kept. */
abstract sealed class DecodingSession implements AutoCloseable {
    /** Position of the next token of each sequence still in the batch. */
    private int[] positions;

    private DecodingSession(int[] positions) {
        this.positions = positions;
    }

    /** A session over the prompts of a batch, given in its order; none is empty. */
    static DecodingSession open(
            LanguageModel model,
            List<int[]> prompts,
            List<PromptBatches.Part> parts,
            int padId,
            GenerationConfig generation) {
        return switch (model) {
            case DecoderModel decoder -> new OfDecoder(decoder, prompts, parts, padId);
            case EncoderDecoderModel both -> new OfEncoderDecoder(
                    both, prompts, parts, padId, generation.startToken(both.config()));
        };
    }

    /** Logits of the first new token, {@code [rows, vocabulary]}. Called once, before anything else. */
    abstract NDArray firstLogits(NDManager scope);

    /** Adds a token to each sequence; logits of the one that follows. */
    NDArray nextLogits(NDManager scope, int[] tokens) {
        TokenLayout layout = TokenLayout.next(tokens, positions);
        positions = Arrays.stream(positions).map(position -> position + 1).toArray();
        return logits(scope, layout);
    }

    /** Keeps the given rows, which are in ascending order; the others leave the batch. */
    void keep(int[] rows) {
        positions = Arrays.stream(rows).map(row -> positions[row]).toArray();
        select(rows);
    }

    @Override
    public abstract void close();

    /** Reads tokens; logits behind the last column. */
    abstract NDArray logits(NDManager scope, TokenLayout tokens);

    abstract void select(int[] rows);

    private static NDArray ofLastColumn(LanguageModel model, NDManager scope, NDArray hidden, TokenLayout tokens) {
        int[] last = new int[tokens.rows()];
        Arrays.setAll(last, row -> (row + 1) * tokens.width() - 1);
        return Layers.scoped(() -> model.logitsAt(scope, hidden, last));
    }

    private static final class OfDecoder extends DecodingSession {
        private final DecoderModel model;
        private final List<int[]> prompts;
        private final List<PromptBatches.Part> parts;
        private final int padId;
        /** Of one part after the other. */
        private final List<KeyValueCache> caches = new ArrayList<>();

        OfDecoder(DecoderModel model, List<int[]> prompts, List<PromptBatches.Part> parts, int padId) {
            super(prompts.stream().mapToInt(prompt -> prompt.length).toArray());
            this.model = model;
            this.prompts = prompts;
            this.parts = parts;
            this.padId = padId;
        }

        @Override
        NDArray firstLogits(NDManager scope) {
            NDList logits = new NDList();
            int begin = 0;
            for (PromptBatches.Part part : parts) {
                KeyValueCache cache = model.newCache();
                caches.add(cache);
                int end = begin + part.size();
                // As wide as the longest of the part.
                TokenLayout rows = TokenLayout.leftPadded(prompts.subList(begin, end), padId);
                int first = begin;
                for (PromptBatches.Pass pass : part.passes()) {
                    int next = first + pass.examples().length;
                    TokenLayout own = rows.select(IntStream.range(first - begin, next - begin).toArray());
                    logits.add(read(scope, prompts.subList(first, next), pass.groups(), own, cache));
                    first = next;
                }
                begin = end;
            }
            return logits.size() == 1 ? logits.get(0) : NDArrays.concat(logits, 0);
        }

        /** Reads prompts in one pass and adds them to a cache. */
        private NDArray read(
                NDManager scope, List<int[]> own, List<int[]> groups, TokenLayout rows, KeyValueCache cache) {
            PromptTree tree = new PromptTree(own, Collections.nCopies(own.size(), List.of()), groups, padId);
            try (KeyValueCache cells = model.newCache()) {
                int[] ends = IntStream.range(0, own.size()).map(tree::end).toArray();
                NDArray hidden = model.hiddenStates(scope, tree.layout(), List.of(cells));
                NDArray logits = Layers.scoped(() -> model.logitsAt(scope, hidden, ends));
                cache.addRows(
                        cells, IntStream.range(0, own.size()).mapToObj(tree::cells).toList(), rows);
                return logits;
            }
        }

        @Override
        NDArray logits(NDManager scope, TokenLayout tokens) {
            return ofLastColumn(model, scope, model.hiddenStates(scope, tokens, caches), tokens);
        }

        @Override
        void select(int[] rows) {
            HeldRows.select(caches, rows);
        }

        @Override
        public void close() {
            caches.forEach(KeyValueCache::close);
        }
    }

    private static final class OfEncoderDecoder extends DecodingSession {
        private final EncoderDecoderModel model;
        private final List<int[]> prompts;
        private final List<PromptBatches.Part> parts;
        private final int padId;
        private final int startToken;
        private final KeyValueCache cache;
        /** Of one part after the other. */
        private final List<EncodedInput> encoded = new ArrayList<>();

        OfEncoderDecoder(
                EncoderDecoderModel model,
                List<int[]> prompts,
                List<PromptBatches.Part> parts,
                int padId,
                int startToken) {
            super(new int[prompts.size()]);
            this.model = model;
            this.prompts = prompts;
            this.parts = parts;
            this.padId = padId;
            this.startToken = startToken;
            this.cache = model.newCache();
        }

        @Override
        NDArray firstLogits(NDManager scope) {
            int begin = 0;
            for (PromptBatches.Part part : parts) {
                int end = begin + part.size();
                encoded.add(read(prompts.subList(begin, end), part.passes()));
                begin = end;
            }
            int[] start = new int[prompts.size()];
            Arrays.fill(start, startToken);
            return nextLogits(scope, start);
        }

        private EncodedInput read(List<int[]> own, List<PromptBatches.Pass> passes) {
            List<EncodedInput> read = new ArrayList<>();
            try {
                int begin = 0;
                for (PromptBatches.Pass pass : passes) {
                    int end = begin + pass.examples().length;
                    read.add(model.encode(own.subList(begin, end), padId));
                    begin = end;
                }
                return passes.size() == 1
                        ? read.removeFirst()
                        : EncodedInput.joined(model.manager(), read, TokenLayout.rightPadded(own, padId));
            } finally {
                read.forEach(EncodedInput::close);
            }
        }

        @Override
        NDArray logits(NDManager scope, TokenLayout tokens) {
            return ofLastColumn(model, scope, model.decode(scope, tokens, encoded, cache), tokens);
        }

        @Override
        void select(int[] rows) {
            cache.select(rows);
            HeldRows.select(encoded, rows);
        }

        @Override
        public void close() {
            cache.close();
            encoded.forEach(EncodedInput::close);
        }
    }
}
