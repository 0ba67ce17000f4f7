package org.llmmerging.eval.cli;

import java.util.Arrays;
import org.llmmerging.tensor.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A floating-point type by PyTorch's name for it. */
final class TorchType implements ITypeConverter<DType> {
    @Override
    public DType convert(String value) {
        return DType.ofTorchName(value.startsWith("torch.") ? value.substring("torch.".length()) : value)
                .filter(DType::isMergeable)
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is no type. Give one of "
                        + Arrays.stream(DType.values())
                                .filter(DType::isMergeable)
                                .map(DType::torchName)
                                .toList()));
    }
}
