package org.llmmerging.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;

/**
 * Finds the k largest scores exactly, without sorting and without holding them: a radix selection over the bits of the
 * float, which for non-negative floats are ordered as the values are. One pass counts the upper 9 of the 31 bits, a
 * second the next 11 of those that agree with the k-th largest so far, a third the last 11. Equal scores at the cut
 * need a fourth pass and a look into one chunk, and the first in the tensor's order are taken. All queries share the
 * passes. For a large tensor, {@link SampledSelection} finds the same in one pass.
 */
final class MagnitudeSelection {
    private static final int RADIX_BITS = 11;
    private static final int BUCKETS = 1 << RADIX_BITS;

    /** The lowest bit that each pass counts by. Few counters: to clear and add up more takes longer than a pass. */
    private static final int[] SHIFTS = {22, 11, 0};

    private final TensorInputs inputs;
    private final ElementScores scores;

    MagnitudeSelection(TensorInputs inputs, ElementScores scores) {
        this.inputs = inputs;
        this.scores = scores;
    }

    /**
     * How many of the largest scores are wanted.
     *
     * @param set which set of scores
     * @param count how many; none when not positive, all when no fewer than the elements
     */
    record Query(int set, long count) {}

    /** The cut that holds as many elements as each query asks for. */
    MagnitudeCut[] select(List<Query> queries) {
        MagnitudeCut[] cuts = new MagnitudeCut[queries.size()];
        long elements = inputs.shape().elements();
        List<Search> searches = new ArrayList<>();
        for (int q = 0; q < cuts.length; q++) {
            Query query = queries.get(q);
            cuts[q] = query.count() <= 0 ? MagnitudeCut.NONE : MagnitudeCut.ALL;
            if (query.count() > 0 && query.count() < elements) {
                searches.add(new Search(q, query));
            }
        }
        SampledSelection sampled = new SampledSelection(inputs, scores);
        if (sampled.pays() && !searches.isEmpty()) {
            List<Optional<MagnitudeCut>> found = sampled.select(
                    searches.stream().map(search -> queries.get(search.position)).toList());
            List<Search> open = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) {
                Search search = searches.get(i);
                found.get(i).ifPresentOrElse(cut -> cuts[search.position] = cut, () -> open.add(search));
            }
            searches = open;
        }
        if (!searches.isEmpty()) {
            findThresholds(searches);
            List<Search> tied = searches.stream().filter(Search::splitsEqualScores).toList();
            if (!tied.isEmpty()) {
                findLastIndices(tied);
            }
            searches.forEach(search -> cuts[search.position] = search.cut());
        }
        return cuts;
    }

    /**
     * Order statistics.
     *
     * @param ranks from 0, the smallest score, to the number of elements less one
     */
    float[] values(int set, long... ranks) {
        long elements = inputs.shape().elements();
        return thresholds(Arrays.stream(ranks)
                .mapToObj(rank -> new Query(set, elements - rank))
                .toList());
    }

    /**
     * The smallest of the scores that each query asks for, in three passes.
     *
     * @param queries with counts from 1 to the elements visited
     */
    float[] thresholds(List<Query> queries) {
        List<Search> searches = new ArrayList<>();
        for (Query query : queries) {
            searches.add(new Search(searches.size(), query));
        }
        findThresholds(searches);
        float[] values = new float[searches.size()];
        searches.forEach(search -> values[search.position] = search.threshold());
        return values;
    }

    private void findThresholds(List<Search> searches) {
        for (int shift : SHIFTS) {
            List<Prefix> prefixes = searches.stream().map(Search::prefix).distinct().toList();
            int[] sets = prefixes.stream().mapToInt(Prefix::set).distinct().toArray();
            long[] counts = inputs.count(Math.multiplyExact(prefixes.size(), BUCKETS), (chunk, into) -> {
                for (int set : sets) {
                    forEachTile(chunk, set, (_, tile, length) -> {
                        for (int p = 0; p < prefixes.size(); p++) {
                            if (prefixes.get(p).set() == set) {
                                count(tile, length, prefixes.get(p).bits(), shift, into, p * BUCKETS);
                            }
                        }
                    });
                }
            });
            for (Search search : searches) {
                search.descend(counts, prefixes.indexOf(search.prefix()) * BUCKETS, shift);
            }
        }
    }

    /** Counts, by their bits from {@code shift} on, the scores that agree with the prefix. */
    private static void count(float[] tile, int length, int prefix, int shift, long[] counts, int origin) {
        int first = prefix >>> shift;
        for (int i = 0; i < length; i++) {
            int bucket = (Float.floatToRawIntBits(tile[i]) >>> shift) - first;
            if (bucket >>> RADIX_BITS == 0) {
                counts[origin + bucket]++;
            }
        }
    }

    /** Counts the equal scores of each chunk, then looks for the last one to take in the one chunk that has it. */
    private void findLastIndices(List<Search> tied) {
        int chunkElements = inputs.chunkElements();
        int chunks = Math.toIntExact(Math.ceilDiv(inputs.shape().elements(), (long) chunkElements));
        long[][] equal = new long[tied.size()][chunks];
        inputs.perChunk(chunk -> {
            int index = (int) (chunk.offset() / chunkElements);
            for (int q = 0; q < tied.size(); q++) {
                Search search = tied.get(q);
                long[] count = equal[q];
                float threshold = search.threshold();
                forEachTile(
                        chunk, search.set, (start, tile, length) -> count[index] += equal(tile, length, threshold));
            }
            return 0;
        });
        int[] target = new int[tied.size()];
        for (int q = 0; q < tied.size(); q++) {
            while (tied.get(q).wanted > equal[q][target[q]]) {
                tied.get(q).wanted -= equal[q][target[q]++];
            }
        }
        for (int q = 0; q < tied.size(); q++) {
            Search search = tied.get(q);
            search.lastIndex = locate(
                    inputs.everyChunk(target[q], Integer.MAX_VALUE),
                    scores,
                    search.set,
                    search.threshold(),
                    search.wanted);
        }
    }

    private static int equal(float[] tile, int length, float threshold) {
        int equal = 0;
        for (int i = 0; i < length; i++) {
            equal += tile[i] == threshold ? 1 : 0;
        }
        return equal;
    }

    /**
     * The element that has a certain score for the {@code wanted}-th time.
     *
     * @param chunk one chunk, which has it
     */
    static long locate(TensorInputs chunk, ElementScores scores, int set, float score, long wanted) {
        AtomicLong index = new AtomicLong(Long.MAX_VALUE);
        chunk.perChunk(block -> {
            float[] tile = new float[Math.min(Tiles.SIZE, block.length())];
            AtomicLong left = new AtomicLong(wanted);
            Tiles.forEach(block.length(), (from, length) -> {
                scores.fill(block, set, from, length, tile);
                for (int i = 0; i < length; i++) {
                    if (tile[i] == score && left.decrementAndGet() == 0) {
                        index.set(block.offset() + from + i);
                    }
                }
            });
            return 0;
        });
        return index.get();
    }

    private void forEachTile(Block chunk, int set, ScoredTile action) {
        float[] tile = new float[Math.min(Tiles.SIZE, chunk.length())];
        Tiles.forEach(chunk.length(), (from, length) -> {
            scores.fill(chunk, set, from, length, tile);
            action.accept(chunk.offset() + from, tile, length);
        });
    }

    @FunctionalInterface
    private interface ScoredTile {
        void accept(long start, float[] scores, int length);
    }

    /** What is known of the bits of a score that is looked for in a set; zeros stand for the rest. */
    private record Prefix(int set, int bits) {}

    /** One query on its way down the bits. */
    private static final class Search {
        private final int position;
        private final int set;
        /** How many are still to be found in the current bucket, counting from its largest. */
        private long wanted;
        /** How many the current bucket holds. */
        private long held;
        /** Those of the score that is looked for, as far as they are known; the rest is zero. */
        private int bits;
        private long lastIndex = Long.MAX_VALUE;

        private Search(int position, Query query) {
            this.position = position;
            this.set = query.set();
            this.wanted = query.count();
        }

        private Prefix prefix() {
            return new Prefix(set, bits);
        }

        private void descend(long[] counts, int origin, int shift) {
            int bucket = BUCKETS - 1;
            while (wanted > counts[origin + bucket]) {
                wanted -= counts[origin + bucket];
                bucket--;
            }
            held = counts[origin + bucket];
            bits += bucket << shift;
        }

        private float threshold() {
            return Float.intBitsToFloat(bits);
        }

        /** Zeros may all be taken: it makes no difference to a task vector. */
        private boolean splitsEqualScores() {
            return wanted < held && threshold() > 0;
        }

        private MagnitudeCut cut() {
            return new MagnitudeCut(threshold(), lastIndex);
        }
    }
}
