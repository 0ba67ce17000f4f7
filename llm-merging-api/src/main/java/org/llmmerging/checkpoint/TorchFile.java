package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.Shape;

/**
 * A state dictionary that {@code torch.save} wrote, mapped read-only. Nothing in it is executed: its pickle is read as
 * plain data, and what is more than that is refused. Tensors may share storages; each must lie in its own row by row.
 */
final class TorchFile implements WeightFile {
    /** Where Lightning and others put the state dictionary, beside the state of their training. */
    private static final String STATE = "state_dict";

    private final MappedFile mapped;
    private final TorchContents contents;
    private final SortedMap<String, TensorInfo> tensors;
    private final Map<String, TorchObjects.View> views;
    private final Map<String, TorchContents.Storage> touched = new ConcurrentHashMap<>();

    private TorchFile(MappedFile mapped, TorchContents contents) {
        this.mapped = mapped;
        this.contents = contents;
        this.views = views(contents.root());
        SortedMap<String, TensorInfo> infos = new TreeMap<>();
        views.forEach((name, view) -> infos.put(name, checked(name, view)));
        this.tensors = Collections.unmodifiableSortedMap(infos);
    }

    /**
     * Reads which tensors a file has, and maps it.
     *
     * @throws CheckpointException when the file cannot be read, breaks a rule of the format, or holds more than tensors
     */
    static TorchFile open(Path file) {
        BasicFileAttributes attributes = InputFiles.attributes(file);
        try (FileChannel channel = InputFiles.open(file)) {
            byte[] bytes = InputFiles.readFully(channel, 0, (int) Math.min(channel.size(), 64)).array();
            String start = new String(bytes, StandardCharsets.ISO_8859_1);
            ForeignFormat.refuse(file, start);
            MappedFile mapped = MappedFile.map(file, attributes, channel);
            try {
                return new TorchFile(mapped, read(mapped, start, channel));
            } catch (RuntimeException e) {
                mapped.close();
                throw e;
            }
        } catch (IOException e) {
            throw InputFiles.failure(file, e);
        }
    }

    private static TorchContents read(MappedFile mapped, String start, FileChannel channel) {
        if (start.startsWith(TorchArchive.SIGNATURE)) {
            return new TorchArchive(mapped.file(), mapped.content()).read(channel);
        }
        if (start.startsWith(TorchLegacy.SIGNATURE)) {
            return new TorchLegacy(mapped.file(), mapped.content()).read();
        }
        throw new CheckpointException(mapped.file(), "is neither a zip archive, as torch.save writes since PyTorch 1.6,"
                + " nor in the format before. " + Remedy.REPLACE_TORCH);
    }

    private Map<String, TorchObjects.View> views(Object root) {
        Object state = root instanceof Map<?, ?> map && map.get(STATE) instanceof Map<?, ?> inner ? inner : root;
        if (!(state instanceof Map<?, ?> entries)) {
            throw notOnlyTensors("holds no dictionary of tensors by name");
        }
        Map<String, TorchObjects.View> views = new TreeMap<>();
        entries.forEach((key, value) -> {
            if (!(key instanceof String name) || !(value instanceof TorchObjects.View view)) {
                throw notOnlyTensors("holds something else than tensors, at " + Quoting.quoted(String.valueOf(key)));
            }
            TensorNameRules.check(file(), name, Remedy.REPLACE_TORCH);
            views.put(name, view);
        });
        return views;
    }

    /** A tensor's type and shape, once it is sure that it lies row by row within its storage. */
    private TensorInfo checked(String name, TorchObjects.View view) {
        TorchContents.Storage storage = storage(view);
        try {
            Shape shape = Shape.of(view.size());
            TensorInfo info = new TensorInfo(name, view.dtype(), shape);
            if (!view.isContiguous(shape)) {
                throw new CheckpointException(file(), "has tensor " + Quoting.quoted(name)
                        + ", which is not stored row by row: it is a view, such as a transposed one. "
                        + Remedy.CONVERT);
            }
            long end = Math.addExact(begin(view), info.bytes());
            if (view.offset() < 0 || end > storage.bytes().byteSize()
                    || view.storage().bytes() > storage.bytes().byteSize()) {
                throw problem("has tensor " + Quoting.quoted(name) + ", which reaches beyond the end of its storage");
            }
            return info;
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw problem("has tensor " + Quoting.quoted(name) + " of an impossible shape");
        }
    }

    private TorchContents.Storage storage(TorchObjects.View view) {
        TorchContents.Storage storage = contents.storages().get(view.storage().key());
        if (storage == null) {
            throw problem("lacks the storage " + Quoting.quoted(view.storage().key()));
        }
        return storage;
    }

    private static long begin(TorchObjects.View view) {
        return Math.multiplyExact(view.offset(), (long) view.dtype().bytes());
    }

    @Override
    public Path file() {
        return mapped.file();
    }

    @Override
    public SortedMap<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        TorchObjects.View view = views.get(name);
        if (info == null || view == null) {
            throw new CheckpointException(file(), "has no tensor " + Quoting.quoted(name));
        }
        mapped.verifyUnchanged();
        TorchContents.Storage storage = storage(view);
        touched.put(view.storage().key(), storage);
        return new Tensor(info, storage.bytes().asSlice(begin(view), info.bytes()), file());
    }

    /** {@inheritDoc} The storages of all tensors that were asked for are checked to be what was written. */
    @Override
    public void verifyUnchanged() {
        mapped.verifyUnchanged();
        touched.forEach((key, storage) -> {
            if (!storage.isIntact()) {
                throw problem("has a storage " + Quoting.quoted(key) + " whose CRC-32 is not the one in the archive");
            }
            touched.remove(key);
        });
    }

    @Override
    public void close() {
        mapped.close();
    }

    private CheckpointException notOnlyTensors(String what) {
        return new CheckpointException(file(), what + ". Load it with torch, and save a dictionary of tensors by name"
                + " alone, such as the model's state_dict() without other entries");
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file(), what + ". " + Remedy.REPLACE_TORCH);
    }
}
