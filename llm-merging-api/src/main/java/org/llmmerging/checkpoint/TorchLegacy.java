package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the format of {@code torch.save} before PyTorch 1.6: one pickle after another, of a magic number, a version,
 * facts about the machine, what was saved, and the keys of the storages, which then follow, each with its length before
 * it.
 */
final class TorchLegacy {
    /** The magic number's pickle. */
    static final String SIGNATURE = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";

    private static final long VERSION = 1001;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment content;

    /** @param content the whole file, which starts with {@link #SIGNATURE} */
    TorchLegacy(Path file, MemorySegment content) {
        this.file = file;
        this.content = content;
    }

    /** @throws CheckpointException when it is no file as PyTorch wrote it */
    TorchContents read() {
        PickleInput head = new PickleInput(file, content);
        head.bytes(SIGNATURE.length());
        TorchObjects objects = new TorchObjects(file);
        Object version = new PickleReader(head, objects).read();
        if (!version.equals(VERSION)) {
            throw problem("has another version than " + VERSION);
        }
        if (new PickleReader(head, objects).read() instanceof Map<?, ?> machine
                && Boolean.FALSE.equals(machine.get("little_endian"))) {
            throw new CheckpointException(file, "was written on a machine whose numbers start with their high byte. "
                    + Remedy.CONVERT);
        }
        Object root = new PickleReader(head, objects).read();
        if (!(new PickleReader(head, objects).read() instanceof List<?> keys)) {
            throw problem("has no list of storages");
        }
        return new TorchContents(root, storages(keys, objects.storages(), head.position()));
    }

    private Map<String, TorchContents.Storage> storages(
            List<?> keys, Map<String, TorchObjects.Storage> described, long start) {
        Map<String, TorchContents.Storage> storages = new HashMap<>();
        long at = start;
        for (Object key : keys) {
            // A list may hold itself, and has no hash then.
            TorchObjects.Storage storage = key instanceof String name ? described.get(name) : null;
            if (storage == null) {
                throw problem("lists a storage that nothing refers to");
            }
            if (at > content.byteSize() - Long.BYTES) {
                throw problem("ends before its storages do");
            }
            long count = content.get(LONG, at);
            at += Long.BYTES;
            if (count < 0 || count > (content.byteSize() - at) / storage.type().bytes()) {
                throw problem("ends before its storages do");
            }
            long bytes = count * storage.type().bytes();
            storages.put(storage.key(), new TorchContents.Storage(content.asSlice(at, bytes), 0));
            at += bytes;
        }
        if (at != content.byteSize()) {
            throw problem("goes on after its last storage");
        }
        return storages;
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file, what + ". " + Remedy.REPLACE_TORCH);
    }
}
