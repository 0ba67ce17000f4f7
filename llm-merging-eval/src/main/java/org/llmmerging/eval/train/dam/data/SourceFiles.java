package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.config.FileProblem;
import org.llmmerging.eval.task.DatasetException;

/**
 * Finds and reads the files of a data set: CSV, JSON and Parquet, row by row, in memory that the rows' number leaves
 * alone.
 */
final class SourceFiles {
    private static final List<String> ENDINGS = List.of(".csv", ".jsonl", ".json", ".parquet");
    private static final List<String> DESCRIPTIONS = List.of("dataset_info.json", "dataset_infos.json",
            "dataset_dict.json",
            "state.json");

    private SourceFiles() {}

    /**
     * The files with training rows in a folder: those whose path within it says {@code train}, else all but those that
     * say {@code test}, {@code valid} or {@code dev}.
     *
     * @throws DatasetException when there are none
     */
    static List<Path> in(Path folder) {
        try {
            List<Path> data = FolderTree.files(folder).stream().filter(SourceFiles::isData).toList();
            List<Path> training = data.stream().filter(file -> says(folder, file, "train")).toList();
            List<Path> chosen = training.isEmpty()
                    ? data.stream()
                            .filter(file -> Stream.of("test", "valid", "dev")
                                    .noneMatch(part -> says(folder, file, part)))
                            .toList()
                    : training;
            if (chosen.isEmpty()) {
                throw new DatasetException(folder, "the folder has no file with training rows; files end in "
                        + String.join(", ", ENDINGS) + ". Name the file itself if it is called otherwise");
            }
            return chosen;
        } catch (IOException e) {
            throw new DatasetException(folder,
                    "the folder cannot be read (" + FileProblem.of(e) + "); check its permissions", e);
        }
    }

    /**
     * Reads every row of a file.
     *
     * @throws DatasetException when the file cannot be read as what its ending says
     */
    static void read(Path file, Consumer<SourceRow> rows) {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(file, "there is no such file; check the path");
        }
        try {
            if (hasEnding(file, ".parquet")) {
                ParquetSource.read(file, rows);
            } else if (hasEnding(file, ".json") || hasEnding(file, ".jsonl")) {
                JsonSource.read(file, rows);
            } else if (hasEnding(file, ".csv")) {
                CsvSource.read(file, rows);
            } else {
                throw new DatasetException(file, "this is no data file by its name; files end in "
                        + String.join(", ", ENDINGS));
            }
        } catch (CharacterCodingException e) {
            throw new DatasetException(file, "this is not UTF-8; save the file as UTF-8", e);
        } catch (IOException e) {
            throw new DatasetException(file,
                    "the file cannot be read (" + FileProblem.of(e) + "); check its permissions and its disk", e);
        }
    }

    private static boolean isData(Path file) {
        return Files.isRegularFile(file)
                && ENDINGS.stream().anyMatch(ending -> hasEnding(file, ending))
                && DESCRIPTIONS.stream().noneMatch(name -> hasEnding(file, name));
    }

    private static boolean says(Path folder, Path file, String part) {
        return folder.relativize(file).toString().toLowerCase(Locale.ROOT).contains(part);
    }

    private static boolean hasEnding(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
