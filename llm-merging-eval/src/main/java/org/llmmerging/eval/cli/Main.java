package org.llmmerging.eval.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.llmmerging.KitVersion;
import org.llmmerging.MergingException;
import org.llmmerging.config.Quoting;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the kit. */
public final class Main {
    static final String VERBOSE = "--verbose";

    private static final String NAME = "main";

    static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int UNWRITABLE = 4;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Figures are read by machines as well.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        ResultStream results = new ResultStream(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(results, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        // A plugin or a library that prints must not print among the results, which machines read.
        System.setOut(err);
        System.setErr(err);
        int code = run(arguments, out, err);
        out.flush();
        if (code == 0 && results.isIncomplete()) {
            err.println("error: standard output cannot be written. Free some space, or send it elsewhere");
            code = UNWRITABLE;
        }
        System.exit(code);
    }

    /** Runs one command; {@code help COMMAND} is {@code COMMAND --help}. */
    static int run(String[] given, PrintStream out, PrintStream err) {
        String[] arguments = given.length > 0 && given[0].equals("help") ? help(given) : given;
        CommandLine commandLine = commandLine(arguments)
                .registerConverter(Path.class, Main::path)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExpandAtFiles(false) // a name may begin with @
                .setParameterExceptionHandler((problem, _) -> usage(problem))
                .setExecutionStrategy(Main::execute)
                .setExecutionExceptionHandler((problem, command, parsed) -> failure(problem, command.getErr(),
                        List.of(arguments).contains(VERBOSE)));
        String[] own = commandLine.getCommandName().equals(NAME)
                ? arguments
                : Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            return commandLine.execute(OptionSpelling.declared(commandLine, own));
        } catch (Error problem) { // Of the kit or of a plugin: reported as an exception is.
            return failure(problem, commandLine.getErr(), List.of(arguments).contains(VERBOSE));
        }
    }

    /** An empty name would mean the working folder; it comes of a variable that is not set. */
    private static Path path(String given) {
        if (given.isEmpty()) {
            throw new TypeConversionException("the name of a file or folder is empty");
        }
        return Path.of(given);
    }

    private static String[] help(String[] given) {
        String[] arguments = Arrays.copyOfRange(given, 1, given.length + 1);
        arguments[given.length - 1] = "--help";
        return arguments;
    }

    /** Runs the innermost command. An option before it belongs to none of the commands that run, and is refused. */
    private static int execute(ParseResult parsed) {
        for (ParseResult command = parsed; command.hasSubcommand(); command = command.subcommand()) {
            List<OptionSpec> before = command.matchedOptions();
            if (!before.isEmpty() && !command.isUsageHelpRequested() && !command.isVersionHelpRequested()) {
                String inner = command.subcommand().commandSpec().name();
                throw new ParameterException(command.commandSpec().commandLine(), before.getFirst().longestName()
                        + " stands before the command " + inner + ", where it would have no effect. Write it behind "
                        + inner);
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Also of every subcommand, for each can be asked. */
    private static CommandLine withVersion(CommandLine commandLine) {
        commandLine.getCommandSpec().version("llm-merging " + KitVersion.current());
        commandLine.getCommandSpec().usageMessage().footer("", "The words of an option may be joined by - or _.");
        commandLine.getSubcommands().values().forEach(Main::withVersion);
        return commandLine;
    }

    /** The command that the first argument names, alone: making all of them ready takes most of a short run's time. */
    static CommandLine commandLine(String[] arguments) {
        Map<String, Supplier<Object>> commands = commands();
        Supplier<Object> named = arguments.length == 0 ? null : commands.get(arguments[0]);
        if (named != null) {
            return withVersion(new CommandLine(named.get())).setCommandName(NAME + " " + arguments[0]);
        }
        CommandLine all = new CommandLine(new RunCommand()).setCommandName(NAME);
        commands.values().forEach(command -> all.addSubcommand(command.get()));
        return withVersion(all);
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("list", ListCommand::new);
        commands.put("merge", MergeCommand::new);
        commands.put("plan", PlanCommand::new);
        commands.put("eval", EvalCommand::new);
        commands.put("score", ScoreCommand::new);
        commands.put("logits", LogitsCommand::new);
        commands.put("dam", DamCommand::new);
        commands.put("starter", StarterCommand::new);
        return commands;
    }

    /** Of a command that does nothing by itself. */
    static ParameterException missingSubcommand(CommandSpec spec) {
        return new ParameterException(
                spec.commandLine(),
                "Missing required subcommand: " + String.join(", ", spec.subcommands().keySet()));
    }

    private static int usage(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + Quoting.onItsLines(String.valueOf(problem.getMessage())));
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Run ./" + command.getCommandSpec().qualifiedName() + " --help for the options.");
        return USAGE;
    }

    /** The message for the user about a failure, without the word error. Files may have put anything into it. */
    static String message(Throwable problem, boolean verbose) {
        return Quoting.onItsLines(switch (problem) {
            case MergingException expected -> String.valueOf(expected.getMessage());
            case OutOfMemoryError threads when String.valueOf(threads.getMessage()).contains("native thread") ->
                "no more threads can be started. Raise the limit of processes, as ulimit -u shows it, or the container's";
            case OutOfMemoryError full -> "memory is used up (" + full.getMessage()
                    + "). Give more, for example with LLM_MERGING_JAVA_OPTS=-Xmx16g";
            default -> problem + (verbose ? "" : ". This is a fault of the kit or of a plugin; --verbose shows where");
        });
    }

    private static int failure(Throwable problem, PrintWriter err, boolean verbose) {
        int exitCode = FAILED;
        err.println("error: " + message(problem, verbose));
        if (problem instanceof MergingException expected) {
            exitCode = expected.exitCode();
        }
        if (verbose) {
            err.println(Quoting.onItsLines(Messages.traceOf(problem)));
        }
        err.flush();
        return exitCode;
    }
}
