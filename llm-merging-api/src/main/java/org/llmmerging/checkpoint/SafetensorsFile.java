package org.llmmerging.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import org.llmmerging.config.Quoting;

/**
 * One safetensors file, mapped read-only: files and tensors over 2 GiB are fine, and nothing is read until a tensor's
 * data is touched. Opening validates the whole header against the
 * <a href="https://github.com/huggingface/safetensors#format">format</a>, and duplicate names besides.
 *
 * <p>Thread-safe. Closing unmaps; a segment handed out before then throws {@link IllegalStateException} when touched.
 */
public final class SafetensorsFile implements WeightFile {
    private static final int PREFIX_BYTES = 8;

    private final MappedFile mapped;
    private final SafetensorsHeader header;
    private final MemorySegment data;

    private SafetensorsFile(MappedFile mapped, SafetensorsHeader header, long dataStart) {
        this.mapped = mapped;
        this.header = header;
        this.data = mapped.content().asSlice(dataStart);
    }

    /**
     * Validates a file's header and maps its data.
     *
     * @throws CheckpointException when the file cannot be read or breaks a rule of the format
     */
    public static SafetensorsFile open(Path file) {
        BasicFileAttributes attributes = InputFiles.attributes(file);
        try (FileChannel channel = InputFiles.open(file)) {
            long size = channel.size();
            int headerBytes = headerBytes(file, channel, size);
            long dataStart = (long) PREFIX_BYTES + headerBytes;
            byte[] text = InputFiles.readFully(channel, PREFIX_BYTES, headerBytes).array();
            SafetensorsHeader header = new SafetensorsHeaderParser(file, size - dataStart).parse(text);
            return new SafetensorsFile(MappedFile.map(file, attributes, channel), header, dataStart);
        } catch (IOException e) {
            throw InputFiles.failure(file, e);
        }
    }

    private static int headerBytes(Path file, FileChannel channel, long size) throws IOException {
        ByteBuffer start = InputFiles.readFully(channel, 0, (int) Math.min(size, 64));
        String text = StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString();
        ForeignFormat.refuse(file, text);
        if (text.startsWith(TorchArchive.SIGNATURE)) {
            throw new CheckpointException(file, "is a zip archive, as torch.save writes. " + Remedy.CONVERT);
        }
        if (size < PREFIX_BYTES) {
            throw new CheckpointException(file, "has %d bytes, too few for a safetensors file. %s".formatted(
                    size, Remedy.REPLACE));
        }
        long length = start.getLong(0);
        if (length < 0 || length > StrictJson.MAX_BYTES) {
            throw new CheckpointException(file, "claims a header of %s bytes, the format allows %d. %s".formatted(
                    Long.toUnsignedString(length), StrictJson.MAX_BYTES, Remedy.REPLACE));
        }
        if (length > size - PREFIX_BYTES) {
            throw new CheckpointException(file, "claims a header of %d bytes, but has only %d bytes. %s".formatted(
                    length, size, Remedy.REPLACE));
        }
        return (int) length;
    }

    @Override
    public Path file() {
        return mapped.file();
    }

    @Override
    public SortedMap<String, TensorInfo> tensors() {
        return header.tensors();
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = header.tensors().get(name);
        Long begin = header.begins().get(name);
        if (info == null || begin == null) {
            throw new CheckpointException(file(), "has no tensor " + Quoting.quoted(name));
        }
        verifyUnchanged();
        return new Tensor(info, data.asSlice(begin, info.bytes()), file());
    }

    @Override
    public void verifyUnchanged() {
        mapped.verifyUnchanged();
    }

    @Override
    public void close() {
        mapped.close();
    }
}
