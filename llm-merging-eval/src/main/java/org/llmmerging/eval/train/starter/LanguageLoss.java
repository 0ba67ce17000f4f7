package org.llmmerging.eval.train.starter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.eval.model.DecoderModel;
import org.llmmerging.eval.model.EncodedInput;
import org.llmmerging.eval.model.EncoderDecoderModel;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.TokenLayout;

/** Mean cross-entropy, in nats, of the tokens that a batch of texts calls for. */
final class LanguageLoss {
    private final LanguageModel model;
    private final int padId;

    LanguageLoss(LanguageModel model, int padId) {
        this.model = model;
        this.padId = padId;
    }

    /**
     * Computes a scalar that can be differentiated by the model's weights.
     *
     * @param everyToken whether a decoder is to predict the prompts, too; an encoder-decoder never does
     */
    NDArray of(NDManager scope, List<TokenizedText> texts, boolean everyToken) {
        return switch (model) {
            case DecoderModel decoder -> of(decoder, scope, texts, everyToken);
            case EncoderDecoderModel both -> of(both, scope, texts);
        };
    }

    private NDArray of(DecoderModel decoder, NDManager scope, List<TokenizedText> texts, boolean everyToken) {
        List<int[]> rows = texts.stream().map(TokenizedText::joined).toList();
        int width = TokenizedText.width(rows);
        List<long[]> wanted = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            int[] tokens = rows.get(row);
            int first = everyToken ? 1 : texts.get(row).prompt().length;
            for (int i = first; i < tokens.length; i++) {
                wanted.add(new long[] {(long) row * width + i - 1, tokens[i]});
            }
        }
        return crossEntropy(scope, decoder.hiddenStates(scope, TokenLayout.rightPadded(rows, padId)), wanted);
    }

    private NDArray of(EncoderDecoderModel both, NDManager scope, List<TokenizedText> texts) {
        List<int[]> inputs = texts.stream().map(TokenizedText::prompt).toList();
        List<int[]> outputs = texts.stream().map(text -> both.config().decoderInput(text.continuation())).toList();
        int width = TokenizedText.width(outputs);
        List<long[]> wanted = new ArrayList<>();
        for (int row = 0; row < texts.size(); row++) {
            int[] tokens = texts.get(row).continuation();
            for (int i = 0; i < tokens.length; i++) {
                wanted.add(new long[] {(long) row * width + i, tokens[i]});
            }
        }
        try (EncodedInput encoded = both.encode(TokenLayout.rightPadded(inputs, padId))) {
            NDArray hidden = both.decode(scope, TokenLayout.rightPadded(outputs, padId), encoded, null);
            return crossEntropy(scope, hidden, wanted);
        }
    }

    /** @param wanted index of a hidden state, counted over rows and columns, and the token it is to predict */
    private NDArray crossEntropy(NDManager scope, NDArray hidden, List<long[]> wanted) {
        NDArray positions = vector(scope, wanted, 0);
        NDArray tokens = vector(scope, wanted, 1);
        NDArray selected = hidden.reshape(-1, model.config().hiddenSize()).get(positions);
        return model.logits(selected)
                .logSoftmax(-1)
                .gather(tokens.reshape(wanted.size(), 1), 1)
                .mean()
                .neg();
    }

    private static NDArray vector(NDManager scope, List<long[]> wanted, int part) {
        return HostArrays.longs(
                scope, new Shape(wanted.size()), buffer -> wanted.forEach(each -> buffer.put(each[part])));
    }
}
