package org.llmmerging.eval.train.starter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns the merges of a byte-pair encoding (Sennrich et al., arXiv:1508.07909): again and again the pair of
 * neighbouring symbols that occurs most often becomes a symbol. Of pairs that are equally frequent, the first in the
 * order of their characters is taken, so that the result depends on the counts alone.
 */
final class BytePairTrainer {
    private final List<Word> words = new ArrayList<>();

    /** @param counts how often each word occurs; a merge never crosses the border of a word */
    BytePairTrainer(Map<String, Integer> counts) {
        new TreeMap<>(counts).forEach((text, count) -> words.add(new Word(
                new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList()), count)));
    }

    /**
     * Learns.
     *
     * @param most number of merges; fewer where no pair occurs twice
     * @return the merges in the order in which they are to be applied
     */
    List<Pair> merges(int most) {
        List<Pair> merges = new ArrayList<>();
        while (merges.size() < most) {
            Pair best = mostFrequent();
            if (best == null) {
                break;
            }
            merges.add(best);
            words.forEach(word -> word.merge(best));
        }
        return merges;
    }

    private @Nullable Pair mostFrequent() {
        Map<Pair, Integer> counts = new TreeMap<>(Comparator.comparing(Pair::left).thenComparing(Pair::right));
        for (Word word : words) {
            for (int i = 0; i + 1 < word.symbols.size(); i++) {
                counts.merge(new Pair(word.symbols.get(i), word.symbols.get(i + 1)), word.count, Integer::sum);
            }
        }
        Pair best = null;
        int most = 1;
        for (Map.Entry<Pair, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > most) {
                best = entry.getKey();
                most = entry.getValue();
            }
        }
        return best;
    }

    /** Two symbols that become one. */
    record Pair(String left, String right) {
        String merged() {
            return left + right;
        }
    }

    private record Word(List<String> symbols, int count) {
        void merge(Pair pair) {
            for (int i = 0; i + 1 < symbols.size(); i++) {
                if (symbols.get(i).equals(pair.left()) && symbols.get(i + 1).equals(pair.right())) {
                    symbols.set(i, pair.merged());
                    symbols.remove(i + 1);
                }
            }
        }
    }
}
