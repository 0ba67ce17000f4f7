package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMethod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** The tables of methods and of their parameters in docs/reference/merge.md say what the methods declare. */
class MethodTablesTest {
    private static final Path PAGE = RepositoryFiles.folder("docs").resolve("reference/merge.md");

    @Test
    void everyMethodHasItsRow() throws IOException {
        assertEquals(
                methods().stream().map(MethodTablesTest::row).collect(Collectors.joining("\n")),
                String.join("\n",
                        table("| Method | Base needed | Models | Parameters with defaults | What it does |")));
    }

    @Test
    void everyParameterHasItsRowInTheOrderOfNames() throws IOException {
        record Row(String start, String end) {}
        Map<Row, List<String>> methods = new TreeMap<>(Comparator.comparing(Row::start).thenComparing(Row::end));
        for (MergeMethod method : methods()) {
            for (ParameterSpec spec : method.parameters()) {
                String start = "| `%s` | %s | %s | ".formatted(
                        spec.name(), MethodPage.level(spec), spec.allowedValues());
                methods.computeIfAbsent(new Row(start, " | " + spec.description() + " |"), _ -> new ArrayList<>())
                        .add("`" + method.name() + "`");
            }
        }
        List<String> expected = new ArrayList<>();
        methods.forEach((row, names) -> expected.add(row.start() + String.join(", ", names) + row.end()));
        assertEquals(
                String.join("\n", expected),
                String.join("\n", table("| Parameter | Level | Values | Methods | What it is |")));
    }

    @Test
    void whatListIsAskedForIsThereInAFreshClone() throws IOException {
        Pattern command = Pattern.compile("\\./main list ([a-z_]+)");
        List<String> asked = command.matcher(Files.readString(PAGE)).results().map(match -> match.group(1)).toList();
        assertFalse(asked.isEmpty());
        List<String> known = methods().stream().map(MergeMethod::name).toList();
        assertEquals(asked, asked.stream().filter(known::contains).toList());
    }

    private static List<MergeMethod> methods() {
        try (PluginRegistry registry = PluginRegistry.load(List.of())) {
            return registry.methods().stream().map(RegisteredMethod::method).toList();
        }
    }

    private static String row(MergeMethod method) {
        ModelCount count = method.models();
        String base = switch (count.base()) {
            case REQUIRED -> "yes";
            case OPTIONAL -> "optional";
            case MEMBER -> "no";
        };
        String parameters = method.parameters().stream()
                .map(spec -> "`" + spec.name() + "` " + MethodPage.byDefault(spec))
                .collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s | %s |".formatted(
                method.name(),
                base,
                MethodPage.models(count),
                parameters.isEmpty() ? "none" : parameters,
                method.summary());
    }

    /** The rows below a heading and its line of dashes. */
    private static List<String> table(String heading) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals(heading))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
