package org.llmmerging.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.llmmerging.config.Quoting;

/**
 * Reads the format of {@code torch.save} since PyTorch 1.6: a zip archive with one folder, in which {@code data.pkl}
 * says what was saved, {@code data/KEY} are the storages and {@code byteorder} their order of bytes. Nothing is
 * compressed, so that each is a part of the mapped file.
 */
final class TorchArchive {
    /** How a zip archive starts. */
    static final String SIGNATURE = "PK\u0003\u0004";

    private static final String PICKLE = "data.pkl";
    private static final String STORAGES = "data/";
    private static final String BYTE_ORDER = "byteorder";
    private static final int LOCAL_HEADER_BYTES = 30;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment content;

    /** @param content the whole file */
    TorchArchive(Path file, MemorySegment content) {
        this.file = file;
        this.content = content;
    }

    /**
     * Reads the archive's directory and pickle.
     *
     * @param channel on the file; closed
     * @throws CheckpointException when it is no archive as PyTorch writes it
     */
    TorchContents read(SeekableByteChannel channel) {
        Map<String, TorchContents.Storage> entries = entries(channel);
        TorchContents.Storage order = entries.get(BYTE_ORDER);
        if (order != null && !"little".equals(text(order.bytes()))) {
            throw new CheckpointException(file, "was written on a machine whose numbers start with their high byte. "
                    + Remedy.CONVERT);
        }
        TorchContents.Storage pickle = entries.get(PICKLE);
        if (pickle == null || !pickle.isIntact()) {
            throw new CheckpointException(file,
                    "has an entry " + PICKLE + " whose CRC-32 is not the one in the archive. "
                            + Remedy.REPLACE_TORCH);
        }
        Object root = new PickleReader(new PickleInput(file, pickle.bytes()), new TorchObjects(file)).readAll();
        Map<String, TorchContents.Storage> storages = new HashMap<>();
        entries.forEach((name, entry) -> {
            if (name.startsWith(STORAGES)) {
                storages.put(name.substring(STORAGES.length()), entry);
            }
        });
        return new TorchContents(root, storages);
    }

    /** Every entry, by its name without the folder. */
    private Map<String, TorchContents.Storage> entries(SeekableByteChannel channel) {
        // Where an entry lies is read here, so that its own header can be held against the directory.
        try (ZipFile zip = ZipFile.builder()
                .setSeekableByteChannel(channel)
                .setIgnoreLocalFileHeader(true)
                .get()) {
            List<ZipArchiveEntry> listed = Collections.list(zip.getEntries());
            String folder = folder(listed);
            Map<String, TorchContents.Storage> entries = new HashMap<>();
            for (ZipArchiveEntry entry : listed) {
                if (!entry.getName().startsWith(folder)) {
                    throw problem(entry, "lies outside the folder " + Quoting.quoted(folder));
                }
                TorchContents.Storage mapped = new TorchContents.Storage(bytes(entry), entry.getCrc());
                if (entries.put(entry.getName().substring(folder.length()), mapped) != null) {
                    throw problem(entry, "is there twice");
                }
            }
            return entries;
        } catch (IOException | IllegalArgumentException e) {
            throw new CheckpointException(file, "is not a whole zip archive ("
                    + Quoting.shortened(String.valueOf(e.getMessage())) + "). " + Remedy.REPLACE_TORCH, e);
        }
    }

    private String folder(List<ZipArchiveEntry> listed) {
        List<String> folders = listed.stream()
                .map(ZipArchiveEntry::getName)
                .filter(name -> name.endsWith("/" + PICKLE))
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .distinct()
                .toList();
        if (folders.size() != 1) {
            throw new CheckpointException(file, "is a zip archive with " + folders.size() + " folders that have a "
                    + PICKLE + ", where torch.save writes one. " + Remedy.REPLACE_TORCH);
        }
        return folders.getFirst();
    }

    private MemorySegment bytes(ZipArchiveEntry entry) {
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw problem(entry, "is encrypted");
        }
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw problem(entry, "is compressed, as torch.save never writes it");
        }
        long header = entry.getLocalHeaderOffset();
        if (header < 0 || header > content.byteSize() - LOCAL_HEADER_BYTES
                || !text(content.asSlice(header, SIGNATURE.length())).equals(SIGNATURE)) {
            throw problem(entry, "is not where the archive's directory says");
        }
        int nameBytes = Short.toUnsignedInt(content.get(SHORT, header + 26));
        int extraBytes = Short.toUnsignedInt(content.get(SHORT, header + 28));
        long name = header + LOCAL_HEADER_BYTES;
        long begin = name + nameBytes + extraBytes;
        if (entry.getSize() < 0 || begin > content.byteSize() - entry.getSize()) {
            throw problem(entry, "reaches beyond the end of the file");
        }
        if (!Arrays.equals(entry.getRawName(), content.asSlice(name, nameBytes).toArray(ValueLayout.JAVA_BYTE))) {
            throw problem(entry, "has another name in its own header");
        }
        return content.asSlice(begin, entry.getSize());
    }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }

    private CheckpointException problem(ZipArchiveEntry entry, String what) {
        return new CheckpointException(file,
                "has an entry " + Quoting.quoted(entry.getName()) + " that " + what + ". " + Remedy.REPLACE_TORCH);
    }
}
