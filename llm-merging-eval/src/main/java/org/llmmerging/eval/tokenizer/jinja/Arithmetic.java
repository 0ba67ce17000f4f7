package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's operators on whole and decimal numbers, truth values, strings and lists. */
final class Arithmetic {
    private static final int MOST_ELEMENTS = 1_000_000;

    private Arithmetic() {}

    static Object calculate(String sign, Object left, Object right) {
        if (sign.equals("~")) {
            return new BoundedText().append(Values.text(left)).append(Values.text(right)).toString();
        }
        if (sign.equals("+") && left instanceof String first && right instanceof String second) {
            return new BoundedText().append(first).append(second).toString();
        }
        if (sign.equals("+") && left instanceof List<?> first && right instanceof List<?> second
                && first instanceof Tuple == second instanceof Tuple) {
            return concatenated(first, second);
        }
        Object leftNumber = Values.asNumber(left);
        Object rightNumber = Values.asNumber(right);
        if (sign.equals("*") && left instanceof String repeated && rightNumber instanceof Long times) {
            return new BoundedText().repeat(repeated, times).toString();
        }
        if (sign.equals("*") && leftNumber instanceof Long times && right instanceof String repeated) {
            return new BoundedText().repeat(repeated, times).toString();
        }
        if ((sign.contains("/") || sign.equals("%")) && Values.isNumber(left) && Values.isNumber(right)
                && Values.number(right) == 0) {
            throw new JinjaException("divides by zero");
        }
        if (leftNumber instanceof Long first && rightNumber instanceof Long second && !sign.equals("/")) {
            return calculate(sign, (long) first, (long) second);
        }
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            throw new JinjaException(
                    "cannot do '" + sign + "' with '" + Values.text(left) + "' and '" + Values.text(right) + "'");
        }
        double first = Values.number(left);
        double second = Values.number(right);
        return switch (sign) {
            case "+" -> first + second;
            case "-" -> first - second;
            case "*" -> first * second;
            case "/" -> first / second;
            case "%" -> modulo(first, second);
            default -> quotient(first, second);
        };
    }

    /** Python's remainder, which has the sign of the divisor. */
    private static double modulo(double first, double second) {
        double rest = first % second;
        if (rest == 0) {
            return Math.copySign(0.0, second);
        }
        return rest < 0 == second < 0 ? rest : rest + second;
    }

    /** Python's quotient without the remainder: to round {@code first / second} down may come to one more. */
    private static double quotient(double first, double second) {
        double whole = (first - modulo(first, second)) / second;
        double down = Math.floor(whole);
        return whole == 0 ? Math.copySign(0.0, first / second) : whole - down > 0.5 ? down + 1 : down;
    }

    /** A number with a sign before it. Zero less a decimal zero would lose the sign. */
    static Object signed(String sign, Object value) {
        return sign.equals("-") && value instanceof Double number ? (Object) (-number) : calculate(sign, 0L, value);
    }

    private static long calculate(String sign, long first, long second) {
        try {
            return switch (sign) {
                case "+" -> Math.addExact(first, second);
                case "-" -> Math.subtractExact(first, second);
                case "*" -> Math.multiplyExact(first, second);
                case "%" -> Math.floorMod(first, second);
                default -> Math.floorDivExact(first, second);
            };
        } catch (ArithmeticException e) {
            throw new JinjaException("comes to too large a number with " + first + " " + sign + " " + second);
        }
    }

    private static List<Object> concatenated(List<?> first, List<?> second) {
        if ((long) first.size() + second.size() > MOST_ELEMENTS) {
            throw new JinjaException("makes a list of more than " + MOST_ELEMENTS + " elements");
        }
        List<Object> joined = new ArrayList<>(first);
        joined.addAll(second);
        return first instanceof Tuple ? new Tuple(joined) : joined;
    }
}
