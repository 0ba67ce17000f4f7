package org.llmmerging.eval.train.starter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFile;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.train.NamedRandom;

/**
 * The starter data sets, in the kit's CSV form: for each skill rows for validation and for training, and one set for
 * tests that mixes them, without targets. No item is in two of them.
 *
 * @param seed of every random number
 */
public record StarterData(long seed) {
    /** The seed of the data and the models that the repository holds. */
    public static final long DEFAULT_SEED = 2024;

    private static final int VALIDATION_ROWS = 200;
    private static final int TRAINING_ROWS = 400;
    private static final String MIXED = "test.csv";
    private static final String HEADER = "id,input,target,answer_choices,eval_type";

    /**
     * Writes {@code validation/SET.csv}, {@code test/SET.csv} and {@code train/SET.csv} for every skill, and {@code
     * test.csv}.
     *
     * @param folder missing, empty, or what this has written before: its files are replaced, others in it left alone;
     *     of what was broken off midway there may be any files that this writes
     * @throws OutputException when the folder holds something else, or a file cannot be written
     */
    public void write(Path folder) {
        Map<Path, String> files = files();
        requireOurs(folder, files);
        files.forEach((file, text) -> AtomicFiles.write(folder.resolve(file), text));
    }

    private Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        for (Skill skill : Skill.values()) {
            String name = skill.dataset() + ".csv";
            files.put(Path.of("validation", name), text(rows(skill, Split.VALIDATION, VALIDATION_ROWS), true));
            files.put(Path.of("test", name), text(rows(skill, Split.TEST, VALIDATION_ROWS), true));
            files.put(Path.of("train", name), text(rows(skill, Split.TRAIN, TRAINING_ROWS), true));
        }
        List<Item> mixed = new ArrayList<>();
        for (int row = 0; row < VALIDATION_ROWS / 10; row++) {
            for (Skill skill : Skill.values()) {
                mixed.add(rows(skill, Split.TEST, VALIDATION_ROWS).get(row));
            }
        }
        files.put(Path.of(MIXED), text(mixed, false));
        return files;
    }

    private static void requireOurs(Path folder, Map<Path, String> files) {
        if (!Files.exists(folder) || files.keySet().stream().map(folder::resolve).allMatch(Files::isRegularFile)) {
            return;
        }
        try {
            Path root = folder.toRealPath();
            for (Path file : FolderTree.files(root)) {
                if (!isOurs(root, file, files)) {
                    throw new OutputException(
                            folder, "is not empty, and no folder of starter data. Name another output folder");
                }
            }
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        }
    }

    /** Somebody's own data may go by the same names: only a file that would stay the same may be replaced. */
    private static boolean isOurs(Path folder, Path file, Map<Path, String> files) throws IOException {
        if (files.keySet().stream().anyMatch(each -> StagedFile.isUnfinished(file, folder.resolve(each)))) {
            return true;
        }
        String text = files.get(folder.relativize(file));
        return text != null && Arrays.equals(Files.readAllBytes(file), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Items of a split, no two with the same question. */
    List<Item> rows(Skill skill, Split split, int count) {
        ItemSource source = ItemSource.of(skill);
        Random random = NamedRandom.of(seed, "data/" + skill + "/" + split);
        Set<String> prompts = new HashSet<>();
        List<Item> rows = new ArrayList<>();
        while (rows.size() < count) {
            Item item = source.draw(random, split);
            if (prompts.add(item.prompt())) {
                rows.add(item);
            }
        }
        return rows;
    }

    private static String text(List<Item> items, boolean withTargets) {
        StringBuilder text = new StringBuilder(withTargets ? HEADER : HEADER.replace("target,", "")).append('\n');
        for (int id = 0; id < items.size(); id++) {
            Item item = items.get(id);
            List<String> cells = new ArrayList<>(List.of(Integer.toString(id), item.prompt()));
            if (withTargets) {
                cells.add(item.target());
            }
            cells.add(item.isMultipleChoice() ? pythonList(item.choices()) : "None");
            cells.add(item.isMultipleChoice() ? "multiple_choice" : "generation");
            text.append(String.join(",", cells.stream().map(StarterData::quoted).toList())).append('\n');
        }
        return text.toString();
    }

    /** The small world's words have no quotes. */
    private static String pythonList(List<String> choices) {
        return choices.stream()
                .map(choice -> "'" + choice + "'")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String cell) {
        return cell.contains(",") || cell.contains("\n") ? "\"" + cell + "\"" : cell;
    }
}
