package org.llmmerging.eval.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import java.math.BigDecimal;

/** JSON with the spacing of Python's {@code json.dumps}, in ASCII, so that no terminal or locale can garble it. */
public final class JsonText {
    private static final Separators SPACING = Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();
    private static final ObjectWriter LINE = MAPPER
            .writer(new DefaultPrettyPrinter(SPACING.withObjectEntrySpacing(Separators.Spacing.AFTER)
                    .withArrayValueSpacing(Separators.Spacing.AFTER))
                    .withObjectIndenter(new DefaultPrettyPrinter.NopIndenter())
                    .withArrayIndenter(new DefaultPrettyPrinter.NopIndenter()));
    private static final ObjectWriter INDENTED = MAPPER
            .writer(new DefaultPrettyPrinter(SPACING).withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private JsonText() {}

    /** A value on one line: {@code {"a": [1, 2]}}. */
    public static String line(Object value) {
        return write(LINE, value);
    }

    /** A value with a line for each key, indented by two. */
    public static String indented(Object value) {
        return write(INDENTED, value) + "\n";
    }

    /** A decimal number as it is, with at least one digit after the point, as Python prints a float. */
    public static DecimalNode decimal(BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        return DecimalNode.valueOf(shortest.scale() < 1 ? shortest.setScale(1) : shortest);
    }

    private static String write(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists, texts and numbers have a JSON form", e);
        }
    }
}
