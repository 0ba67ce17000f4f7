package org.llmmerging.eval.train.starter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.eval.model.DecoderModel;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.LanguageModel;

/** Mean cross-entropy, in nats, of the tokens that a batch of texts calls for. */
final class LanguageLoss {
    private final LanguageModel model;

    LanguageLoss(LanguageModel model) {
        this.model = model;
    }

    /**
     * Computes a scalar that can be differentiated by the model's weights.
     *
     * @param everyToken whether a decoder is to predict the prompts, too; an encoder-decoder never does
     */
    NDArray of(NDManager scope, List<TokenizedText> texts, boolean everyToken) {
        boolean isDecoder = model instanceof DecoderModel;
        List<int[]> written = texts.stream()
                .map(isDecoder ? TokenizedText::joined : TokenizedText::continuation)
                .toList();
        List<int[]> read = isDecoder ? written : texts.stream().map(TokenizedText::prompt).toList();
        NDArray hidden = model.predictingStates(scope, read, written);
        int width = Math.toIntExact(hidden.getShape().get(1));
        List<Integer> positions = new ArrayList<>();
        List<Integer> wanted = new ArrayList<>();
        for (int row = 0; row < written.size(); row++) {
            int[] tokens = written.get(row);
            int promptEnd = everyToken ? 1 : texts.get(row).prompt().length;
            for (int i = isDecoder ? promptEnd : 0; i < tokens.length; i++) {
                // A decoder predicts a token where it reads the one before.
                positions.add(row * width + (isDecoder ? i - 1 : i));
                wanted.add(tokens[i]);
            }
        }
        return model.logitsAt(scope, hidden, array(positions))
                .logSoftmax(-1)
                .gather(HostArrays.indices(scope, array(wanted)).reshape(wanted.size(), 1), 1)
                .mean()
                .neg();
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
