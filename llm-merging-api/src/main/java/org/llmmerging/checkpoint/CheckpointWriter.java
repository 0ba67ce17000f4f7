package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a checkpoint in Hugging Face layout: {@code model.safetensors}, or when the tensors exceed the shard size
 * {@code model-00001-of-00003.safetensors} and so on with {@code model.safetensors.index.json}.
 *
 * <p>Every tensor has its place from the start, so {@link #write} may be called from several threads, in any order and
 * for any part of a tensor. The folder is meant to be a {@link StagedFolder}'s: after a failure the files are
 * incomplete.
 */
public final class CheckpointWriter implements AutoCloseable {
    // Far below the 64 or 256 open files that the strictest systems allow a process.
    private static final int MOST_OPEN_FILES = 24;

    private final Path folder;
    private final List<ShardFile> shards = new ArrayList<>();
    private final Map<String, ShardFile.Place> places = new HashMap<>();
    private final long totalBytes;
    private final AtomicLong written = new AtomicLong();
    private final List<FollowingDigest> digests = new ArrayList<>();
    private final Map<Path, Future<String>> hashes = new LinkedHashMap<>();

    private CheckpointWriter(Path folder, long totalBytes) {
        this.folder = folder;
        this.totalBytes = totalBytes;
    }

    /**
     * Lays out and creates the files.
     *
     * @param folder an existing folder without weights
     * @param tensors what will be written, in any order; names are unique
     * @param maxShardBytes most bytes of data in one file, unless one tensor alone has more
     * @param metadata for each file's header, besides {@code format=pt}
     * @throws OutputException when the files cannot be created or the disk has too little space
     */
    public static CheckpointWriter create(
            Path folder, List<TensorInfo> tensors, long maxShardBytes, Map<String, String> metadata) {
        checkUnique(tensors);
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("shard size " + maxShardBytes);
        }
        long total = tensors.stream().mapToLong(TensorInfo::bytes).reduce(0, Math::addExact);
        checkSpace(folder, total);
        CheckpointWriter writer = new CheckpointWriter(folder, total);
        try {
            writer.createShards(ShardPlan.of(tensors, maxShardBytes), metadata);
        } catch (IOException e) {
            writer.close();
            throw OutputException.of(folder, e, total);
        }
        return writer;
    }

    private static void checkUnique(List<TensorInfo> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor " + tensor.name() + " twice");
            }
        }
    }

    private static void checkSpace(Path folder, long needed) {
        long available;
        try {
            available = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw OutputException.of(folder, e, needed);
        }
        if (available < needed) {
            throw new OutputException(folder, ("the disk has %d bytes free and %d are needed. Free some space or name a"
                    + " folder on another disk").formatted(available, needed));
        }
    }

    private void createShards(List<List<TensorInfo>> plan, Map<String, String> metadata) throws IOException {
        TreeMap<String, String> all = new TreeMap<>(metadata);
        all.put("format", "pt");
        for (List<TensorInfo> tensors : plan) {
            String name = plan.size() == 1
                    ? WeightFiles.SINGLE
                    : "model-%05d-of-%05d.safetensors".formatted(shards.size() + 1, plan.size());
            boolean keepsOpen = plan.size() <= MOST_OPEN_FILES;
            shards.add(ShardFile.create(folder.resolve(name), tensors, all, places, keepsOpen));
        }
    }

    /** Computes the SHA-256 of the weight files while they are written, on a thread. Called before the first write. */
    public void digestWhileWriting() {
        ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("digest-", 0).daemon().factory());
        for (ShardFile shard : shards) {
            FollowingDigest digest = shard.follow();
            digests.add(digest);
            hashes.put(shard.file(), thread.submit(digest));
        }
        thread.shutdown();
    }

    /**
     * SHA-256 in hexadecimal of each weight file, once everything is written; waits for it.
     *
     * @return empty unless {@link #digestWhileWriting} was called
     * @throws OutputException when a file cannot be read back
     */
    public Map<Path, String> digests() {
        Map<Path, String> finished = new LinkedHashMap<>();
        for (Map.Entry<Path, Future<String>> hash : hashes.entrySet()) {
            try {
                finished.put(hash.getKey(), hash.getValue().get());
            } catch (ExecutionException failure) {
                throw new OutputException(
                        hash.getKey(), "cannot be read back: " + failure.getCause(), failure.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while writing " + hash.getKey(), interrupted);
            }
        }
        return finished;
    }

    /** The weight files, in order; without the index. */
    public List<Path> files() {
        return shards.stream().map(ShardFile::file).toList();
    }

    /** Size of all tensors' data. */
    public long totalBytes() {
        return totalBytes;
    }

    /**
     * Writes part of a tensor. Thread-safe; parts do not overlap.
     *
     * @param byteOffset where in the tensor's data the part starts
     * @param data little-endian, from the buffer's position to its limit; all of it is consumed
     * @throws OutputException when the disk is full or fails
     */
    public void write(String tensor, long byteOffset, ByteBuffer data) {
        ShardFile.Place place = places.get(tensor);
        if (place == null) {
            throw new IllegalArgumentException("no tensor " + tensor + " was planned");
        }
        Objects.checkFromIndexSize(byteOffset, data.remaining(), place.bytes());
        int bytes = data.remaining();
        try {
            place.shard().write(place.position() + byteOffset, data);
        } catch (IOException e) {
            throw OutputException.of(place.shard().file(), e, totalBytes);
        }
        written.addAndGet(bytes);
    }

    /**
     * Writes the index, if there are shards, and returns when everything is on the disk.
     *
     * @throws IllegalStateException when fewer or more bytes were written than planned
     * @throws OutputException when the disk is full or fails
     */
    public void finish() {
        if (written.get() != totalBytes) {
            throw new IllegalStateException(folder + ": " + written + " bytes written of " + totalBytes);
        }
        try {
            for (ShardFile shard : shards) {
                shard.force();
            }
            if (shards.size() > 1) {
                writeIndex();
            }
        } catch (IOException e) {
            throw OutputException.of(folder, e, totalBytes);
        }
    }

    private void writeIndex() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            json.writeObjectFieldStart("metadata");
            json.writeNumberField("total_size", totalBytes);
            json.writeEndObject();
            json.writeObjectFieldStart("weight_map");
            for (Map.Entry<String, ShardFile.Place> entry : new TreeMap<>(places).entrySet()) {
                json.writeStringField(
                        entry.getKey(), String.valueOf(entry.getValue().shard().file().getFileName()));
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        Path index = folder.resolve(WeightFiles.INDEX);
        try (FileChannel channel = FileChannel.open(index, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Closes the files; what was not finished is incomplete. */
    @Override
    public void close() {
        digests.forEach(FollowingDigest::cancel);
        for (ShardFile shard : shards) {
            try {
                shard.close();
            } catch (IOException e) {
                throw OutputException.of(shard.file(), e, totalBytes);
            }
        }
    }
}
