package org.llmmerging.eval.cli;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The words of an option may be joined by {@code -} or by {@code _}: mergekit has the one, the original kit the other.
 * Each option is declared in one spelling, the same in every command, and this replaces the other.
 */
final class OptionSpelling {
    private static final String END_OF_OPTIONS = "--";

    private OptionSpelling() {}

    /** The arguments with options spelled as a command or one of its subcommands declares them. */
    static String[] declared(CommandLine commandLine, String[] arguments) {
        Set<String> names = new LinkedHashSet<>();
        collect(commandLine, names);
        Map<String, String> byWords = names.stream()
                .collect(Collectors.toMap(OptionSpelling::words, Function.identity(), (first, _) -> first));
        String[] declared = arguments.clone();
        int end = Arrays.asList(arguments).indexOf(END_OF_OPTIONS);
        for (int i = 0; i < (end < 0 ? arguments.length : end); i++) {
            int value = arguments[i].indexOf('=');
            String name = value < 0 ? arguments[i] : arguments[i].substring(0, value);
            if (name.startsWith("--") && !names.contains(name)) {
                declared[i] = byWords.getOrDefault(words(name), name) + arguments[i].substring(name.length());
            }
        }
        return declared;
    }

    /** The same for all spellings of a name. */
    static String words(String name) {
        return name.replace('_', '-');
    }

    /** Adds every name of an option, those that switch one off among them. */
    static void collect(CommandLine commandLine, Set<String> names) {
        CommandSpec spec = commandLine.getCommandSpec();
        names.addAll(spec.optionsMap().keySet());
        names.addAll(spec.negatedOptionsMap().keySet());
        commandLine.getSubcommands().values().forEach(subcommand -> collect(subcommand, names));
    }
}
