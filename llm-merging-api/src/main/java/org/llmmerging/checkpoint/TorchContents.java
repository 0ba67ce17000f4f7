package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * What one of PyTorch's files holds, in whichever of its formats.
 *
 * @param root the value that was saved, as {@link PickleReader} and {@link TorchObjects} make it
 * @param storages by key
 */
record TorchContents(Object root, Map<String, Storage> storages) {

    /**
     * The memory of a storage, a part of the mapped file.
     *
     * @param crc CRC-32 of the bytes, or 0 where the file does not hold it
     */
    record Storage(MemorySegment bytes, long crc) {

        /** Whether the bytes are those that were written, as far as that can be told; reads them all. */
        boolean isIntact() {
            if (crc == 0) {
                return true;
            }
            CRC32 actual = new CRC32();
            long step = 1L << 30;
            for (long at = 0; at < bytes.byteSize(); at += step) {
                actual.update(bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer());
            }
            return actual.getValue() == crc;
        }
    }
}
