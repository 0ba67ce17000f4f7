package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.llmmerging.config.Quoting;

/** The rule that the tensors of a file, in the order of their offsets, cover its data exactly once. */
final class SafetensorsRanges {
    private final Path file;
    private final Collection<TensorInfo> tensors;
    private final Map<String, Long> begins;

    SafetensorsRanges(Path file, Collection<TensorInfo> tensors, Map<String, Long> begins) {
        this.file = file;
        this.tensors = tensors;
        this.begins = begins;
    }

    /** @throws CheckpointException at the first gap or overlap, or when the file is too short or too long */
    void check(long dataBytes) {
        List<TensorInfo> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingLong(this::begin).thenComparingLong(TensorInfo::bytes));
        long end = 0;
        for (TensorInfo tensor : ordered) {
            long begin = begin(tensor);
            if (begin != end) {
                String what = begin < end ? "overlaps the tensor before it: it begins" : "leaves a hole: it begins";
                throw problem("tensor %s %s at %d, expected %d".formatted(
                        Quoting.quoted(tensor.name()), what, begin, end));
            }
            end = begin + tensor.bytes();
        }
        if (end > dataBytes) {
            throw problem("is cut short: its header describes %d bytes of data and %d are there".formatted(
                    end, dataBytes));
        }
        if (end < dataBytes) {
            throw problem("has %d bytes after its last tensor".formatted(dataBytes - end));
        }
    }

    private long begin(TensorInfo tensor) {
        return begins.getOrDefault(tensor.name(), 0L);
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file, what + ". " + Remedy.REPLACE);
    }
}
