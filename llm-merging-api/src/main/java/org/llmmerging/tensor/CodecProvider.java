package org.llmmerging.tensor;

/** Chooses between the scalar and the vector codecs. The vector classes are loaded only when they can be. */
abstract class CodecProvider {
    static final CodecProvider INSTANCE = choose();

    private static CodecProvider choose() {
        return VectorModule.load() ? new Vectors() : new Scalars();
    }

    final FloatCodec codec(DType type) {
        return switch (type) {
            case F64 -> Float64Codec.INSTANCE;
            case F32 -> Float32Codec.INSTANCE;
            case F16 -> float16();
            case BF16 -> bfloat16();
            case F8_E5M2, F8_E4M3, I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException("no arithmetic is defined on " + type);
        };
    }

    abstract FloatCodec float16();

    abstract FloatCodec bfloat16();

    /** Plain loops. */
    static final class Scalars extends CodecProvider {
        @Override
        FloatCodec float16() {
            return ScalarFloat16Codec.INSTANCE;
        }

        @Override
        FloatCodec bfloat16() {
            return ScalarBfloat16Codec.INSTANCE;
        }
    }

    /** The Vector API. */
    static final class Vectors extends CodecProvider {
        @Override
        FloatCodec float16() {
            return VectorFloat16Codec.INSTANCE;
        }

        @Override
        FloatCodec bfloat16() {
            return VectorBfloat16Codec.INSTANCE;
        }
    }
}
