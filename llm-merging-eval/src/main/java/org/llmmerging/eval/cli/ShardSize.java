package org.llmmerging.eval.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as mergekit or transformers writes it: {@code 5B} and {@code 5GB} are five thousand million. */
final class ShardSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})(|[KMB]|[KMG]B)");

    @Override
    public Long convert(String value) {
        Matcher size = SIZE.matcher(value.strip().toUpperCase(Locale.ROOT));
        if (size.matches()) {
            long unit = switch (size.group(2)) {
                case "K", "KB" -> 1_000L;
                case "M", "MB" -> 1_000_000L;
                case "B", "GB" -> 1_000_000_000L;
                default -> 1L;
            };
            try {
                long bytes = Math.multiplyExact(Long.parseLong(size.group(1)), unit);
                if (bytes > 0) {
                    return bytes;
                }
            } catch (ArithmeticException tooLarge) {
                // Refused below.
            }
        }
        throw new TypeConversionException("'" + value + "' is no size. Give a number of bytes above 0, with K, M or B"
                + " (thousand, million, thousand million) or nothing after it, such as 5B");
    }
}
