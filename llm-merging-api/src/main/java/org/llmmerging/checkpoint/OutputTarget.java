package org.llmmerging.checkpoint;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.llmmerging.config.Quoting;

/** What may be replaced by an output folder, and what may not. */
final class OutputTarget {
    /** What shows that a folder was written here: beside a manifest, scores or what DAM starts from. */
    private static final Set<String> MARKS = Set.of("scores.json", "dam.json");

    private static final Set<String> TRAINING_SET = Set.of("dataset.json", "train.jsonl");
    private static final Set<String> WEIGHTS = Set.of(WeightFiles.SINGLE, WeightFiles.INDEX);

    /** What outputs hold that a manifest need not list, and what merged models are made of, by whatever program. */
    private static final Pattern KNOWN = Pattern
            .compile("scores\\.jsonl?|predictions|dam\\.json|dataset\\.json|train\\.jsonl"
                    + "|(logits|coefficients)\\.safetensors|training\\.html"
                    + "|model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?|(generation_)?config\\.json|README\\.md"
                    + "|mergekit_config\\.ya?ml|tokenizer.*|special_tokens_map\\.json|added_tokens\\.json|vocab\\..*|merges\\.txt"
                    + "|.*\\.model|chat_template\\..*|" + Pattern.quote(Manifest.FILE));

    private static final Predicate<String> IS_OF_MODEL = Pattern
            .compile("config\\.json|model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?").asMatchPredicate();

    /** What an evaluation adds to a model that lies in an output, as with the starter models. */
    private static final Predicate<String> IS_OF_EVALUATION = Pattern
            .compile("[^/]+/(scores\\.jsonl?|predictions/[^/]+\\.(csv|jsonl))").asMatchPredicate();

    private static final String PREDICTIONS = "predictions";
    private static final Predicate<String> IS_PREDICTION = Pattern.compile(".+\\.(csv|jsonl)").asMatchPredicate();

    private OutputTarget() {}

    /** @throws OutputException naming the remedy, when the target is an input or something that is not ours */
    static void check(Path target, Collection<Path> inputs) {
        for (Path input : inputs) {
            Path real = RealPath.of(input);
            if (real.startsWith(target) || target.startsWith(real)) {
                throw new OutputException(target, "is, holds or lies within the input " + input
                        + ". Inputs are never written to: name another output folder");
            }
        }
        Path above = FolderTree.existing(target);
        if (!above.equals(target) && !Files.isDirectory(above)) {
            throw new OutputException(target, Files.exists(above)
                    ? "lies in the file " + above + ". Name another output folder"
                    : "lies behind the link " + above
                            + ", which leads nowhere. Delete it or name another output folder");
        }
        if (Files.isDirectory(target)) {
            FixedFolder.check(target);
            checkReplaceable(target);
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new OutputException(target, Files.exists(target)
                    ? "is a file, expected a folder. Name another output folder"
                    : "is a link that leads nowhere. Delete it or name another output folder");
        }
    }

    /** @throws OutputException when the target holds a model, or anything else than these files */
    static void checkHoldsOnly(Path target, Set<String> files) {
        if (!Files.isDirectory(target)) {
            return;
        }
        Set<String> others = names(target);
        others.removeIf(name -> files.contains(name) || StagingNames.areOf(files::contains, name));
        if (others.stream().anyMatch(IS_OF_MODEL)) {
            throw new OutputException(target, "holds a model, which would be lost. Name another output folder");
        }
        if (!others.isEmpty()) {
            throw new OutputException(target, "holds " + Quoting.list(others)
                    + ", which would be lost. Move it away or name another output folder");
        }
    }

    private static void checkReplaceable(Path target) {
        Set<String> names = names(target);
        Earlier earlier = Earlier.of(target);
        Predicate<String> isKnown = name -> KNOWN.matcher(name).matches() || earlier.files().contains(name);
        names.removeIf(name -> StagingNames.areOf(isKnown, name)); // left by a write of such a file that was killed
        boolean isModel = names.contains("config.json") && names.stream().anyMatch(WEIGHTS::contains);
        boolean isResult = earlier.isOurs() || names.stream().anyMatch(MARKS::contains)
                || names.containsAll(TRAINING_SET);
        if (!names.isEmpty() && !isModel && !isResult) {
            throw new OutputException(target, "is not empty and not an earlier output (it holds " + Quoting.list(names)
                    + "). Empty it or name another output folder");
        }
        names.removeIf(isKnown);
        names.addAll(noPredictions(target.resolve(PREDICTIONS)));
        names.addAll(earlier.unlisted(target));
        if (!names.isEmpty()) {
            throw new OutputException(target, "holds " + Quoting.list(names) + ", which is no part of an earlier output"
                    + " and would be lost. Move it away or name another output folder");
        }
    }

    /** What lies among the predictions and is none, as a path within the output. */
    private static List<String> noPredictions(Path folder) {
        return Files.isDirectory(folder)
                ? names(folder).stream()
                        .filter(name -> !IS_PREDICTION.test(name) && !StagingNames.areOf(IS_PREDICTION, name))
                        .map(name -> PREDICTIONS + "/" + name)
                        .toList()
                : List.of();
    }

    private static Set<String> names(Path folder) {
        Set<String> names = new TreeSet<>();
        try {
            FolderTree.children(folder).forEach(each -> names.add(String.valueOf(each.getFileName())));
            return names;
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        }
    }

    /**
     * What the manifest of an earlier output says.
     *
     * @param isOurs whether there is one that was written here
     * @param files what lies in the folder of what it lists: files, and folders that have files of it
     * @param listed what it lists, as paths within the folder
     */
    private record Earlier(boolean isOurs, Set<String> files, Set<String> listed) {
        private static final Earlier NONE = new Earlier(false, Set.of(), Set.of());

        static Earlier of(Path folder) {
            try {
                return Manifest.read(folder).map(Earlier::of).orElse(NONE);
            } catch (IOException notOurs) {
                return NONE;
            }
        }

        /** What lies in listed folders, is not listed itself, and is no evaluation of what is. */
        List<String> unlisted(Path folder) {
            List<String> unlisted = new ArrayList<>();
            try {
                for (String name : files) {
                    Path inner = folder.resolve(name);
                    if (Files.isDirectory(inner)) {
                        for (Path file : FolderTree.files(inner)) {
                            unlisted.add(folder.relativize(file).toString().replace(File.separatorChar, '/'));
                        }
                    }
                }
            } catch (IOException e) {
                throw OutputException.of(folder, e, 0);
            }
            unlisted.removeAll(listed);
            unlisted.removeIf(path -> {
                String folderOf = path.substring(0, path.lastIndexOf('/') + 1);
                String name = path.substring(folderOf.length());
                return IS_OF_EVALUATION.test(path)
                        || StagingNames.areOf(file -> IS_OF_EVALUATION.test(folderOf + file), name);
            });
            return unlisted;
        }

        private static Earlier of(Manifest manifest) {
            Set<String> files = new TreeSet<>();
            Set<String> listed = new TreeSet<>();
            for (Manifest.Entry file : manifest.files()) {
                files.add(file.name().split("/", 2)[0]);
                listed.add(file.name());
            }
            boolean isModel = manifest.hasFiles() && (manifest.has("method") || manifest.has("generator"));
            return new Earlier(isModel, files, listed);
        }
    }
}
