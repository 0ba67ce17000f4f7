package org.llmmerging.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.ElementKernels;

/**
 * Selection in one pass over the tensor: a sample of its chunks gives an interval that the threshold very likely lies
 * in, and the pass counts what is above it and keeps the few scores inside. The result is exact, whatever the sample;
 * where the sample misleads, there is none, and {@link MagnitudeSelection} counts everything.
 */
final class SampledSelection {
    /** One chunk of so many is looked at first, in a large tensor; in a smaller one, two. */
    private static final int LONGEST_STRIDE = 64;

    private static final int FEWEST_CHUNKS = 16;

    private final TensorInputs inputs;
    private final ElementScores scores;
    private final int chunks;
    private final int stride;

    SampledSelection(TensorInputs inputs, ElementScores scores) {
        this.inputs = inputs;
        this.scores = scores;
        this.chunks = Math.toIntExact(Math.ceilDiv(inputs.shape().elements(), (long) inputs.chunkElements()));
        this.stride = Math.clamp(chunks / 2, 1, LONGEST_STRIDE);
    }

    /** Whether the tensor is so large that the sample pays. */
    boolean pays() {
        return chunks >= FEWEST_CHUNKS;
    }

    /**
     * Finds the cuts.
     *
     * @param queries each for at least one element and not all
     * @return a cut for each query, or nothing where it must be looked for by other means
     */
    List<Optional<MagnitudeCut>> select(List<MagnitudeSelection.Query> queries) {
        ScoreInterval[] intervals = intervals(queries);
        int[] sets = queries.stream().mapToInt(MagnitudeSelection.Query::set).distinct().toArray();
        inputs.perChunk(chunk -> {
            compare(chunk, sets, queries, intervals);
            return 0;
        });
        return IntStream.range(0, intervals.length)
                .mapToObj(q -> intervals[q].find(queries.get(q).count())
                        .map(found -> cut(queries.get(q).set(), intervals[q], found)))
                .toList();
    }

    private ScoreInterval[] intervals(List<MagnitudeSelection.Query> queries) {
        long elements = inputs.shape().elements();
        long visited = Math.ceilDiv(chunks, stride);
        long missing = (chunks - 1) % stride == 0 ? (long) chunks * inputs.chunkElements() - elements : 0;
        long sampled = visited * inputs.chunkElements() - missing;
        // The standard deviation of a rank in a sample of independent elements is half the root at most.
        long margin = (long) (4 * Math.sqrt(sampled)) + sampled / 512;
        MagnitudeSelection selection = new MagnitudeSelection(inputs.everyChunk(0, stride), scores);
        List<MagnitudeSelection.Query> bounds = queries.stream()
                .flatMap(query -> {
                    long expected = (long) ((double) query.count() / elements * sampled);
                    return List.of(expected - margin, expected + margin).stream()
                            .map(count -> new MagnitudeSelection.Query(query.set(), Math.clamp(count, 1, sampled)));
                })
                .toList();
        float[] values = selection.thresholds(bounds);
        ScoreInterval[] intervals = new ScoreInterval[queries.size()];
        for (int q = 0; q < intervals.length; q++) {
            float high = bounds.get(2 * q).count() == 1 ? Float.POSITIVE_INFINITY : values[2 * q];
            float low = bounds.get(2 * q + 1).count() == sampled ? -1 : values[2 * q + 1];
            intervals[q] = new ScoreInterval(low, high, chunks);
        }
        return intervals;
    }

    private void compare(
            Block chunk, int[] sets, List<MagnitudeSelection.Query> queries, ScoreInterval[] intervals) {
        int index = (int) (chunk.offset() / inputs.chunkElements());
        float[] tile = new float[Math.min(Tiles.SIZE, chunk.length())];
        float[] found = new float[tile.length];
        ScoreInterval.Tally[] tallies = new ScoreInterval.Tally[intervals.length];
        Arrays.setAll(tallies, q -> new ScoreInterval.Tally());
        for (int set : sets) {
            Tiles.forEach(chunk.length(), (from, length) -> {
                scores.fill(chunk, set, from, length, tile);
                for (int q = 0; q < intervals.length; q++) {
                    if (queries.get(q).set() == set) {
                        tallies[q].add(ElementKernels.instance(), tile, length, intervals[q], found);
                    }
                }
            });
        }
        for (int q = 0; q < intervals.length; q++) {
            intervals[q].put(index, tallies[q]);
        }
    }

    private MagnitudeCut cut(int set, ScoreInterval interval, ScoreInterval.Found found) {
        if (found.wanted() == found.held() || found.threshold() == 0) {
            return new MagnitudeCut(found.threshold(), Long.MAX_VALUE);
        }
        int chunk = 0;
        long wanted = found.wanted();
        while (wanted > interval.equal(found.threshold(), chunk)) {
            wanted -= interval.equal(found.threshold(), chunk);
            chunk++;
        }
        long last = MagnitudeSelection.locate(
                inputs.everyChunk(chunk, Integer.MAX_VALUE), scores, set, found.threshold(), wanted);
        return new MagnitudeCut(found.threshold(), last);
    }
}
