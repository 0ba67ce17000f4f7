package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts chosen numbers into the text of a configuration, and leaves its other lines and its comments as they are. */
final class ConfigText {
    private static final Pattern LINE = Pattern.compile("(\\s*)([a-z_]+):(\\s*)([^#]*?)(\\s*)(#.*)?");
    private static final String LAMBDAS = "parameter_lambdas";
    private static final Pattern PARAMETERS = Pattern.compile("^parameters:[ \\t]*(#.*)?$", Pattern.MULTILINE);

    private ConfigText() {}

    /**
     * Puts a setting in.
     *
     * @param text a configuration in block style, a key to a line
     * @param setting its parameters replace those of the same name or are added, and so do its coefficients
     */
    static String with(String text, TuningPoint setting) {
        return withParameters(withLambdas(text, setting.lambdas()), setting.parameters());
    }

    /** Puts parameters in, and leaves the coefficients. */
    static String withParameters(String text, Map<String, Double> parameters) {
        String changed = text;
        for (Map.Entry<String, Double> parameter : parameters.entrySet()) {
            String value = parameter.getValue().toString();
            changed = replaced(changed, "  " + parameter.getKey(), value)
                    .orAdded("  " + parameter.getKey() + ": " + value);
        }
        return changed;
    }

    private static String withLambdas(String text, List<Double> lambdas) {
        return lambdas.isEmpty()
                ? text
                : replaced(text, LAMBDAS, lambdas.toString()).orAppended(LAMBDAS + ": " + lambdas);
    }

    /** @param key with the spaces before it */
    private static Replaced replaced(String text, String key, String value) {
        List<String> lines = new ArrayList<>();
        boolean found = false;
        for (String line : text.split("\n", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (!found && matcher.matches() && key.equals(matcher.group(1) + matcher.group(2))) {
                found = true;
                String start = key + ":" + matcher.group(3) + value;
                String comment = matcher.group(6);
                int column = matcher.start(6);
                lines.add(comment == null ? start : start + " ".repeat(Math.max(1, column - start.length())) + comment);
            } else {
                lines.add(line);
            }
        }
        return new Replaced(String.join("\n", lines), found);
    }

    private record Replaced(String text, boolean found) {
        /** The text with a line below {@code parameters}, when the key was not there; that is added, too. */
        String orAdded(String line) {
            Matcher parent = PARAMETERS.matcher(text);
            return !found && parent.find()
                    ? ended(text.substring(0, parent.end()) + "\n" + line + text.substring(parent.end()))
                    : orAppended("parameters:\n" + line);
        }

        /** The text with further lines at its end, when the key was not there. */
        String orAppended(String lines) {
            return found ? text : ended(text) + lines + "\n";
        }

        private static String ended(String lines) {
            return lines + (lines.isEmpty() || lines.endsWith("\n") ? "" : "\n");
        }
    }
}
