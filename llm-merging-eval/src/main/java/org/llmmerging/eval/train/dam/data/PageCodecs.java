package org.llmmerging.eval.train.dam.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Unpacks the pages of Parquet files. The library leaves gzip to Hadoop, which is not here, and so does not find it.
 */
final class PageCodecs extends CodecFactory {
    private static final int PAGE_SIZE = 1 << 20;

    PageCodecs() {
        super(new PlainParquetConfiguration(), PAGE_SIZE);
    }

    /** @throws IllegalStateException naming the compression when it cannot be read */
    @Override
    protected BytesDecompressor createDecompressor(CompressionCodecName name) {
        return switch (name) {
            case GZIP -> new Gzip();
            case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> super.createDecompressor(name);
            default -> throw new IllegalStateException("its pages are compressed with " + name
                    + "; known are SNAPPY, GZIP, ZSTD and LZ4_RAW");
        };
    }

    private static final class Gzip extends BytesDecompressor {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
            return BytesInput.from(unpack(bytes.toInputStream(), size));
        }

        @Override
        public void decompress(ByteBuffer input, int inputSize, ByteBuffer output, int size) throws IOException {
            byte[] packed = new byte[inputSize];
            input.get(packed);
            output.put(unpack(new ByteArrayInputStream(packed), size));
        }

        @Override
        public void release() {
            // Nothing is kept.
        }

        private static byte[] unpack(InputStream packed, int size) throws IOException {
            try (GZIPInputStream unpacked = new GZIPInputStream(packed)) {
                byte[] page = unpacked.readNBytes(size);
                if (page.length < size) {
                    throw new IOException("a page of " + size + " bytes ends after " + page.length);
                }
                return page;
            }
        }
    }
}
