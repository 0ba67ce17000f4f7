package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.plugin.Origin;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;
import org.llmmerging.plugin.RegisteredMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code list}: every registered name and merge method and where it comes from, or all about one method. */
@Command(
        name = "list",
        description = "Print every name that -m takes, every merge method, and the jar each comes from; or of one"
                + " method its parameters and an example.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Mixin
    private final ConfigFolderOption configs = new ConfigFolderOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "METHOD",
            description = "A merge method: print its parameters, their defaults and values, and a configuration.")
    private @Nullable String method;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        try (PluginRegistry registry = plugins.load(messageOptions.messages())) {
            PrintWriter out = spec.commandLine().getOut();
            if (method == null) {
                printAll(registry, out);
            } else {
                printMethod(registry.requireMethod(method), out);
            }
            out.flush();
        }
        return 0;
    }

    private void printMethod(RegisteredMethod registered, PrintWriter out) {
        MethodPage page = new MethodPage(registered, from(registered.origin()));
        if (json) {
            out.println(page.json());
        } else {
            page.print(out);
        }
    }

    private void printAll(PluginRegistry registry, PrintWriter out) {
        List<RegisteredMerges> merges = new ArrayList<>(registry.merges());
        merges.sort(Comparator.comparing(RegisteredMerges::name));
        if (json) {
            out.println(json(merges, registry));
        } else {
            printTables(merges, registry, out);
        }
    }

    private void printTables(List<RegisteredMerges> merges, PluginRegistry registry, PrintWriter out) {
        TextTable names = new TextTable("NAME", "METHOD", "ARCHITECTURE", "MODELS", "FROM");
        for (RegisteredMerges each : merges) {
            OptionalInt models = modelCount(each.name());
            names.add(
                    each.name(),
                    each.description().method(),
                    each.description().architecture(),
                    models.isPresent() ? Integer.toString(models.getAsInt()) : "-",
                    from(each.origin()));
        }
        names.print(out);
        out.println();
        TextTable methods = new TextTable("METHOD", "FROM", "WHAT IT DOES");
        for (RegisteredMethod each : registry.methods()) {
            methods.add(each.name(), from(each.origin()), each.method().summary());
        }
        methods.print(out);
    }

    private ObjectNode json(List<RegisteredMerges> merges, PluginRegistry registry) {
        ObjectNode root = JsonFile.object();
        ArrayNode names = root.putArray("names");
        for (RegisteredMerges each : merges) {
            ObjectNode node = names.addObject()
                    .put("name", each.name())
                    .put("method", each.description().method())
                    .put("architecture", each.description().architecture());
            OptionalInt models = modelCount(each.name());
            node.put("models", models.isPresent() ? models.getAsInt() : null);
            node.put("from", from(each.origin()));
        }
        ArrayNode methods = root.putArray("methods");
        for (RegisteredMethod each : registry.methods()) {
            methods.addObject()
                    .put("method", each.name())
                    .put("from", from(each.origin()))
                    .put("summary", each.method().summary());
        }
        return root;
    }

    /** Number of models that the name's configuration lists; nothing when there is none that can be read. */
    private OptionalInt modelCount(String name) {
        Path file = configs.folder(Installation.current()).resolve(name + ".yaml");
        if (!Files.isRegularFile(file)) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(KitConfig.read(file).listModels().size());
        } catch (MergingException malformed) {
            return OptionalInt.empty();
        }
    }

    /** The jar as seen from the repository where it lies in it, so that the table stays narrow. */
    private String from(Origin origin) {
        if (origin instanceof Origin.PluginJar plugin) {
            Path home = Installation.current().home();
            Path jar = plugin.jar().toAbsolutePath().normalize();
            return (jar.startsWith(home) ? home.relativize(jar) : jar).toString();
        }
        return origin.label();
    }
}
