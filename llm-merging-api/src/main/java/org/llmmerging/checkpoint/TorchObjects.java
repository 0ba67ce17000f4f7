package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * What the pickle of a PyTorch checkpoint may refer to: dictionaries, types, storages and the functions that make
 * tensors of them. They are known by name only; nothing of Python or PyTorch runs.
 */
final class TorchObjects implements PickleReader.Environment {
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("DoubleStorage", DType.F64),
            Map.entry("FloatStorage", DType.F32),
            Map.entry("HalfStorage", DType.F16),
            Map.entry("BFloat16Storage", DType.BF16),
            Map.entry("LongStorage", DType.I64),
            Map.entry("IntStorage", DType.I32),
            Map.entry("ShortStorage", DType.I16),
            Map.entry("CharStorage", DType.I8),
            Map.entry("ByteStorage", DType.U8),
            Map.entry("BoolStorage", DType.BOOL));

    private final Path file;
    private final Map<String, Storage> storages = new HashMap<>();

    /** @param file for messages */
    TorchObjects(Path file) {
        this.file = file;
    }

    /** Memory that tensors are views of. */
    record Storage(String key, StorageType type, long count) {
        long bytes() {
            return Math.multiplyExact(count, type.bytes());
        }
    }

    /** @param dtype of its elements, or null for bytes of which the tensor says the type */
    record StorageType(@Nullable DType dtype) {
        int bytes() {
            return dtype == null ? 1 : dtype.bytes();
        }
    }

    /**
     * A view of a storage, not yet checked to lie within it.
     *
     * @param offset elements before the first
     * @param size of each dimension
     * @param stride elements from one index of a dimension to the next
     */
    record View(Storage storage, DType dtype, long offset, long[] size, long[] stride) {

        /** Whether the elements of this shape, which is {@link #size}, lie one after the other. */
        boolean isContiguous(Shape shape) {
            if (size.length != stride.length) {
                return false;
            }
            long expected = 1;
            for (int i = size.length - 1; i >= 0; i--) {
                if (size[i] > 1 && stride[i] != expected && shape.elements() > 0) {
                    return false;
                }
                expected *= size[i];
            }
            return true;
        }
    }

    private enum Function {
        /** With nothing, or with a list of pairs. */
        ORDERED_DICTIONARY,
        /** Storage, offset, size, stride, whether it needs gradients, hooks, and other metadata. */
        TENSOR,
        /** As before; after the hooks the type. */
        TENSOR_OF_TYPE,
        /** A tensor, whether it needs gradients, hooks. */
        PARAMETER,
        /** A tuple. */
        SIZE
    }

    /** Every storage that was referred to, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    @Override
    public Object global(String module, String name) {
        Optional<?> known = switch (module) {
            case "collections" -> name.equals("OrderedDict")
                    ? Optional.of(Function.ORDERED_DICTIONARY)
                    : Optional.empty();
            case "torch._utils" -> function(name);
            case "torch.storage" -> storageType(name);
            case "torch" -> name.equals("Size")
                    ? Optional.of(Function.SIZE)
                    : storageType(name).<Object>map(type -> type).or(() -> DType.ofTorchName(name));
            default -> Optional.empty();
        };
        if (known.isEmpty()) {
            throw new CheckpointException(file, "has a pickle that asks for "
                    + Quoting.quoted(module + "." + name) + ", which is no part of a file of weights: nothing of it was"
                    + " run. If you trust the file, convert it: load it with torch and save its state_dict()");
        }
        return known.get();
    }

    private static Optional<Function> function(String name) {
        return switch (name) {
            case "_rebuild_tensor", "_rebuild_tensor_v2" -> Optional.of(Function.TENSOR);
            case "_rebuild_tensor_v3" -> Optional.of(Function.TENSOR_OF_TYPE);
            case "_rebuild_parameter", "_rebuild_parameter_with_state" -> Optional.of(Function.PARAMETER);
            default -> Optional.empty();
        };
    }

    private static Optional<StorageType> storageType(String name) {
        return name.equals("UntypedStorage")
                ? Optional.of(new StorageType(null))
                : Optional.ofNullable(STORAGES.get(name)).map(StorageType::new);
    }

    @Override
    public Object call(Object global, List<?> arguments) {
        return switch (global) {
            case Function.ORDERED_DICTIONARY -> dictionary(arguments);
            case Function.TENSOR -> view(arguments, null);
            case Function.TENSOR_OF_TYPE -> view(arguments, argument(arguments, 6, DType.class));
            case Function.PARAMETER -> argument(arguments, 0, View.class);
            case Function.SIZE -> argument(arguments, 0, List.class);
            default -> throw problem("calls what is no function");
        };
    }

    private Object dictionary(List<?> arguments) {
        Map<Object, Object> made = new LinkedHashMap<>();
        if (!arguments.isEmpty()) {
            for (Object pair : argument(arguments, 0, List.class)) {
                if (!(pair instanceof List<?> entry) || entry.size() != 2
                        || !(entry.getFirst() instanceof String key)) {
                    throw problem("makes a dictionary of what are no pairs of a name and a value");
                }
                made.put(key, entry.getLast());
            }
        }
        return made;
    }

    private View view(List<?> arguments, @Nullable DType type) {
        Storage storage = argument(arguments, 0, Storage.class);
        DType dtype = type == null ? storage.type().dtype() : type;
        if (dtype == null) {
            throw problem("has a tensor without a type");
        }
        return new View(storage, dtype, argument(arguments, 1, Long.class), numbers(argument(arguments, 2, List.class)),
                numbers(argument(arguments, 3, List.class)));
    }

    private long[] numbers(List<?> values) {
        long[] numbers = new long[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = argument(values, i, Long.class);
        }
        return numbers;
    }

    /** {@code ('storage', type, key, device, number of elements)}. */
    @Override
    public Object persistent(Object id) {
        if (!(id instanceof List<?> parts) || parts.size() < 5 || !"storage".equals(parts.getFirst())) {
            throw problem("refers to something outside that is no storage");
        }
        long count = argument(parts, 4, Long.class);
        if (count < 0) {
            throw problem("has a storage of " + count + " elements");
        }
        if (parts.size() > 5 && parts.get(5) != PickleReader.NONE) {
            throw problem("has a storage that is a part of another");
        }
        Storage storage = new Storage(argument(parts, 2, String.class), argument(parts, 1, StorageType.class), count);
        storages.put(storage.key(), storage);
        return storage;
    }

    private <T> T argument(List<?> arguments, int index, Class<T> type) {
        if (index < arguments.size() && type.isInstance(arguments.get(index))) {
            return type.cast(arguments.get(index));
        }
        throw problem("makes a tensor, storage or dictionary of the wrong parts");
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file, "has a pickle that " + what + ". " + Remedy.REPLACE_TORCH);
    }
}
