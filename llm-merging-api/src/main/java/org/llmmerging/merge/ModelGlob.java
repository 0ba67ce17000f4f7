package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.method.Linear;

/**
 * Replaces an entry of {@code models:} whose path has {@code *} or {@code ?} by one for each folder that matches, in
 * the order of their names, with the parameters of the entry. When the method is linear and nothing says a weight, all
 * models get the same, 1/N: a uniform soup (<a href="https://arxiv.org/abs/2203.05482">Wortsman et al. 2022</a>).
 *
 * <p>A wildcard stands for characters within one component of a path: {@code runs/*}{@code /checkpoint-*}.
 */
final class ModelGlob {
    private static final String WEIGHT = "weight";

    private final Set<String> stages;
    private final List<Path> roots;
    private final Problems problems = new Problems();
    private final Set<ModelReference> unmatched = new HashSet<>();

    /**
     * @param stages what documents of the file are called: no patterns, whatever is in them
     * @param roots folders that relative patterns are tried in; the first with a match wins
     */
    ModelGlob(Set<String> stages, List<Path> roots) {
        this.stages = stages;
        this.roots = roots;
    }

    /** Documents of the file with patterns written out; one that no folder matches stays as it is. */
    List<MergeConfig> expand(List<MergeConfig> documents) {
        return documents.stream().map(this::expand).toList();
    }

    /** A problem for each pattern so far that no folder matches. */
    Problems problems() {
        return problems;
    }

    /** Whether a model is such a pattern. */
    boolean isUnmatched(ModelReference model) {
        return unmatched.contains(model);
    }

    private MergeConfig expand(MergeConfig config) {
        return switch (config.sources()) {
            case Sources.Models models -> config.withSources(expand(models, config, List.of(config.parameters())));
            case Sources.Slices _ -> config;
            case Sources.Modules modules -> config.withSources(expand(modules, config));
        };
    }

    private Sources.Modules expand(Sources.Modules modules, MergeConfig config) {
        Map<String, Sources.OutputModule> expanded = new LinkedHashMap<>();
        modules.modules().forEach((name, module) -> expanded.put(
                name,
                module.sources() instanceof Sources.Models models
                        ? new Sources.OutputModule(
                                expand(models, config, List.of(module.parameters(), config.parameters())),
                                module.parameters(), module.position())
                        : module));
        return new Sources.Modules(expanded, modules.position());
    }

    /** @param outer the parameters that hold for all the models */
    private Sources.Models expand(Sources.Models models, MergeConfig config, List<Settings> outer) {
        List<Sources.Input> inputs = new ArrayList<>();
        boolean any = false;
        for (Sources.Input input : models.inputs()) {
            if (!stages.contains(input.model().path()) && hasWildcard(input.model().path())) {
                any = true;
                inputs.addAll(matches(input));
            } else {
                inputs.add(input);
            }
        }
        if (!any) {
            return models;
        }
        boolean weighted = Stream.concat(outer.stream(), inputs.stream().map(Sources.Input::parameters))
                .anyMatch(settings -> settings.byName().containsKey(WEIGHT));
        if (config.mergeMethod().equals(Linear.NAME) && !weighted) {
            double equal = 1.0 / inputs.size();
            inputs.replaceAll(input -> new Sources.Input(
                    input.model(), input.parameters().with(WEIGHT, equal, input.position()), input.position()));
        }
        return new Sources.Models(inputs, models.position());
    }

    private static boolean hasWildcard(String path) {
        return path.contains("*") || path.contains("?");
    }

    private List<Sources.Input> matches(Sources.Input input) {
        ModelReference pattern = input.model();
        Settings parameters = input.parameters();
        for (Path root : roots) {
            boolean absolute = pattern.path().startsWith("/");
            TreeSet<String> found = new TreeSet<>();
            try {
                find(absolute ? Path.of("/") : root, absolute ? "/" : "", components(pattern.path()), found);
            } catch (InvalidPathException notAPath) {
                // No folder can have that name.
            }
            if (!found.isEmpty()) {
                return found.stream()
                        .map(path -> new ModelReference(path, pattern.revision(), pattern.adapter()))
                        .map(model -> new Sources.Input(model, parameters, input.position()))
                        .toList();
            }
        }
        problems.add(input.position(), "no folder matches '" + pattern.path() + "' in " + roots
                + ". Correct the pattern; * stands for any characters but a slash");
        unmatched.add(pattern);
        return List.of(input);
    }

    private static List<String> components(String path) {
        return Stream.of(path.split("/")).filter(part -> !part.isEmpty()).toList();
    }

    private static void find(Path folder, String written, List<String> components, TreeSet<String> found) {
        if (components.isEmpty()) {
            found.add(written);
            return;
        }
        String first = components.getFirst();
        List<String> rest = components.subList(1, components.size());
        String prefix = written.isEmpty() || written.endsWith("/") ? written : written + "/";
        if (!hasWildcard(first)) {
            if (Files.isDirectory(folder.resolve(first))) {
                find(folder.resolve(first), prefix + first, rest, found);
            }
            return;
        }
        String literal = first.replaceAll("[\\[\\]{}\\\\]", "\\\\$0");
        PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + literal);
        try {
            for (Path child : FolderTree.children(folder)) {
                if (matcher.matches(child.getFileName()) && Files.isDirectory(child)
                        && !child.getFileName().toString().startsWith(".")) {
                    find(child, prefix + child.getFileName(), rest, found);
                }
            }
        } catch (IOException unreadable) {
            // A folder that may not be listed has no matches; when there are none at all, that is reported.
        }
    }
}
