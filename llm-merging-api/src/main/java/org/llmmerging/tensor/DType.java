package org.llmmerging.tensor;

import java.util.Optional;

/** Element types of the safetensors format, with the names that it, PyTorch and mergekit give them. */
public enum DType {
    F64(8, true, "float64"),
    F32(4, true, "float32"),
    F16(2, true, "float16"),
    BF16(2, true, "bfloat16"),
    F8_E5M2(1, false, "float8_e5m2"),
    F8_E4M3(1, false, "float8_e4m3fn"),
    I64(8, false, "int64"),
    I32(4, false, "int32"),
    I16(2, false, "int16"),
    I8(1, false, "int8"),
    U64(8, false, "uint64"),
    U32(4, false, "uint32"),
    U16(2, false, "uint16"),
    U8(1, false, "uint8"),
    BOOL(1, false, "bool");

    private final int bytes;
    private final boolean mergeable;
    private final String torchName;

    DType(int bytes, boolean mergeable, String torchName) {
        this.bytes = bytes;
        this.mergeable = mergeable;
        this.torchName = torchName;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether arithmetic is defined on it here; tensors of the other types are copied or refused. */
    public boolean isMergeable() {
        return mergeable;
    }

    /** PyTorch's name, as {@code dtype} of a merge configuration and {@code torch_dtype} of config.json write it. */
    public String torchName() {
        return torchName;
    }

    /** The type that PyTorch, and so a configuration file, calls {@code name}. */
    public static Optional<DType> ofTorchName(String name) {
        for (DType type : values()) {
            if (type.torchName.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
