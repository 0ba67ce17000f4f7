package org.llmmerging.eval.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How templates write and read numbers. Whole numbers have 64 bits; larger ones are refused. */
final class Numbers {
    /** The whole numbers of expressions, the decimal ones aside. */
    static final Pattern WHOLE = Pattern
            .compile("0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?\\d)*|0(_?0)*");
    static final Pattern DECIMAL = Pattern
            .compile("(\\d+_)*\\d+((\\.(\\d+_)*\\d+)?[eE][+-]?(\\d+_)*\\d+|\\.(\\d+_)*\\d+)");

    private Numbers() {}

    /** The value of what {@link #WHOLE} or {@link #DECIMAL} matches. */
    static Object literal(String text) {
        String digits = text.replace("_", "");
        if (!WHOLE.matcher(text).matches()) {
            return Double.valueOf(digits);
        }
        int base = digits.length() < 2 ? 10 : baseOfPrefix(digits.charAt(1));
        return whole(new BigInteger(base == 10 ? digits : digits.substring(2), base));
    }

    /** The whole number in a text, or of a number; the other value where there is none. */
    static Object whole(Object value, Object otherwise, long base) {
        if (value instanceof Boolean || value instanceof Long) {
            return Values.whole(value);
        }
        if (value == Constant.UNDEFINED) {
            throw new JinjaException("takes something that is not defined for a whole number");
        }
        if (value instanceof String text) {
            BigInteger whole = parsed(Strings.strip(text), base);
            return whole == null ? truncated(decimal(Strings.strip(text)), otherwise) : (Object) whole(whole);
        }
        return value instanceof Double number ? truncated(number, otherwise) : otherwise;
    }

    private static @Nullable BigInteger parsed(String text, long base) {
        if (base < 2 || base > 36) {
            throw new JinjaException("reads a number in base " + base);
        }
        String sign = text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
        String digits = text.substring(sign.length());
        boolean prefixed = base != 10 && digits.length() > 2 && digits.charAt(0) == '0'
                && baseOfPrefix(digits.charAt(1)) == base;
        String plain = prefixed ? digits.substring(2) : digits;
        if (!plain.matches("[^\\W_]+(_[^\\W_]+)*")) {
            return null;
        }
        try {
            return new BigInteger(sign + plain.replace("_", ""), (int) base);
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    private static int baseOfPrefix(char letter) {
        return switch (Character.toLowerCase(letter)) {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x' -> 16;
            default -> 10;
        };
    }

    private static double decimal(String text) {
        return text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?") ? Double.parseDouble(text) : Double.NaN;
    }

    private static Object truncated(double number, Object otherwise) {
        return Double.isFinite(number) ? (Object) whole(new BigDecimal(number).toBigInteger()) : otherwise;
    }

    private static long whole(BigInteger number) {
        if (number.bitLength() > 63) {
            throw new JinjaException("has the whole number " + number + ", which is too large");
        }
        return number.longValue();
    }

    /** The shortest digits that are this number, as Python prints them. */
    static String text(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        if (exponent >= -4 && exponent < 16) {
            return (digits.scale() < 1 ? digits.setScale(1) : digits).toPlainString();
        }
        BigDecimal mantissa = digits.movePointLeft(exponent).stripTrailingZeros();
        return String.format(Locale.ROOT, "%se%+03d", mantissa.toPlainString(), exponent);
    }
}
