package org.llmmerging.merge;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a tensor's name says of its place in the network. The first component that is a number is the layer, and what
 * stands before it names the stack: {@code model.layers} of a decoder, {@code encoder.block} and {@code decoder.block}
 * of T5, {@code h} of GPT-2, {@code bert.encoder.layer} of BERT.
 *
 * @param stack all before the layer number, or the whole name for a tensor outside the layers
 * @param layer the layer number, or −1
 * @param rest all after the layer number, empty for a tensor outside the layers
 */
record TensorName(String stack, int layer, String rest) {
    static TensorName parse(String name) {
        int start = 0;
        while (start < name.length()) {
            int end = name.indexOf('.', start);
            end = end < 0 ? name.length() : end;
            OptionalInt number = number(name, start, end);
            if (number.isPresent() && start > 0) {
                return new TensorName(
                        name.substring(0, start - 1), number.getAsInt(),
                        name.substring(Math.min(end + 1, name.length())));
            }
            start = end + 1;
        }
        return new TensorName(name, -1, "");
    }

    private static OptionalInt number(String name, int start, int end) {
        // The number is written anew for other layers: one with a leading zero would become another name.
        boolean leadingZero = end - start > 1 && name.charAt(start) == '0';
        if (end == start || end - start > 6 || leadingZero) {
            return OptionalInt.empty();
        }
        int value = 0;
        for (int i = start; i < end; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return OptionalInt.empty();
            }
            value = value * 10 + digit;
        }
        return OptionalInt.of(value);
    }

    boolean isInLayer() {
        return layer >= 0;
    }

    /** The name of the same tensor in another layer. */
    String atLayer(int other) {
        return stack + "." + other + (rest.isEmpty() ? "" : "." + rest);
    }

    /**
     * The module of a model of several that a tensor belongs to: {@code encoder}, {@code decoder}, or {@code shared}
     * for what is neither's.
     */
    static String moduleOf(String name) {
        List<String> components = List.of(name.split("\\.", 3));
        for (String component : components.subList(0, Math.min(2, components.size() - 1))) {
            if (component.equals("encoder") || component.equals("decoder")) {
                return component;
            }
        }
        return "shared";
    }
}
