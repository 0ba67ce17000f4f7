package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.llmmerging.tensor.DType;

/** Writes archives as PyTorch does, without it and without the code under test. */
final class TorchBytes {
    private static final Map<DType, String> STORAGES = Map.of(
            DType.F32, "FloatStorage", DType.F16, "HalfStorage", DType.BF16, "BFloat16Storage", DType.F64,
            "DoubleStorage",
            DType.I64, "LongStorage", DType.BOOL, "BoolStorage");

    private TorchBytes() {}

    /** An archive of these entries, none compressed. */
    static Path zip(Path file, Map<String, byte[]> entries) {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                CRC32 crc = new CRC32();
                crc.update(each.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(each.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(each.getValue());
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a file of safetensors holds, as {@code torch.save} would write it. */
    static Path convert(Path safetensors, Path file) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        PickleBytes pickle = new PickleBytes().raw('}');
        try (SafetensorsFile source = SafetensorsFile.open(safetensors)) {
            source.tensors().forEach((name, info) -> {
                String key = String.valueOf(entries.size());
                entries.put("archive/data/" + key, source.tensor(name).data().toArray(ValueLayout.JAVA_BYTE));
                long[] size = info.shape().dimensions();
                long[] stride = new long[size.length];
                long next = 1;
                for (int i = size.length - 1; i >= 0; i--) {
                    stride[i] = next;
                    next *= size[i];
                }
                pickle.text(name)
                        .global("torch._utils", "_rebuild_tensor_v2")
                        .raw('(')
                        .storage(String.valueOf(STORAGES.get(info.dtype())), key, info.shape().elements())
                        .integer(0)
                        .tuple(size)
                        .tuple(stride)
                        .raw(0x89, '}', 't', 'R', 's');
            });
        }
        entries.put("archive/data.pkl", pickle.end());
        return zip(file, entries);
    }
}
