package org.llmmerging.eval.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.llmmerging.MergingException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the kit. */
public final class Main {
    static final String VERBOSE = "--verbose";

    private static final String NAME = "main";

    static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(err);
        System.exit(run(arguments, out, err));
    }

    /** Runs one command. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        CommandLine commandLine = commandLine(arguments)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setParameterExceptionHandler((problem, given) -> usage(problem))
                .setExecutionExceptionHandler((problem, command, parsed) -> failure(problem, command.getErr(),
                        List.of(arguments).contains(VERBOSE)));
        String[] given = commandLine.getCommandName().equals(NAME)
                ? arguments
                : Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            return commandLine.execute(given);
        } catch (OutOfMemoryError problem) {
            commandLine.getErr().println("error: memory is used up (" + problem.getMessage()
                    + "). Give more, for example with LLM_MERGING_JAVA_OPTS=-Xmx16g");
            return FAILED;
        } catch (Error problem) { // Of the kit or of a plugin: told as an exception is.
            return failure(problem, commandLine.getErr(), List.of(arguments).contains(VERBOSE));
        }
    }

    /** The command that the first argument names, alone: making all of them ready takes most of a short run's time. */
    private static CommandLine commandLine(String[] arguments) {
        Map<String, Supplier<Object>> commands = commands();
        Supplier<Object> named = arguments.length == 0 ? null : commands.get(arguments[0]);
        if (named != null) {
            return new CommandLine(named.get()).setCommandName(NAME + " " + arguments[0]);
        }
        CommandLine all = new CommandLine(new RunCommand()).setCommandName(NAME);
        commands.values().forEach(command -> all.addSubcommand(command.get()));
        return all;
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

    private static int usage(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + problem.getMessage());
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Run ./" + command.getCommandSpec().qualifiedName() + " --help for the options.");
        return USAGE;
    }

    /** What the user is told of a failure, without the word error. */
    static String message(Throwable problem, boolean verbose) {
        return problem instanceof MergingException expected
                ? String.valueOf(expected.getMessage())
                : problem + (verbose ? "" : ". This is a fault of the kit or of a plugin; --verbose shows where");
    }

    private static int failure(Throwable problem, PrintWriter err, boolean verbose) {
        int exitCode = FAILED;
        err.println("error: " + message(problem, verbose));
        if (problem instanceof MergingException expected) {
            exitCode = expected.exitCode();
        }
        if (verbose) {
            problem.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }
}
