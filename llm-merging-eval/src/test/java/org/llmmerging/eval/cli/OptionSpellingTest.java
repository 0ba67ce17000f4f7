package org.llmmerging.eval.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OptionSpellingTest {
    private final CommandLine all = Main.commandLine(new String[0]);

    @Test
    void noOptionIsDeclaredInTwoSpellings() {
        Set<String> names = new LinkedHashSet<>();
        OptionSpelling.collect(all, names);
        Map<String, List<String>> spellings = names.stream().collect(Collectors.groupingBy(OptionSpelling::words));
        assertTrue(spellings.size() > 100);
        spellings.forEach((words, spelled) -> assertEquals(1, spelled.size(), spelled.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "--dataset-filepaths, --dataset_filepaths",
        "--max-gen-len=a_b-c, --max_gen_len=a_b-c",
        "--max_gen_len, --max_gen_len",
        "--num_threads, --num-threads",
        "--no_copy_tokenizer, --no-copy-tokenizer",
        "--overwrite-output-dir, --overwrite_output_dir",
        "--no_such_option, --no_such_option",
        "a-file_name, a-file_name",
        "-m, -m",
    })
    void bothSpellingsOfEveryOptionAreTaken(String given, String declared) {
        assertArrayEquals(new String[] {declared}, OptionSpelling.declared(all, new String[] {given}));
    }

    @Test
    void nothingIsAnOptionBehindTheEndOfOptions() {
        String[] arguments = {"--", "--max-gen-len"};
        assertArrayEquals(arguments, OptionSpelling.declared(all, arguments));
    }

    @Test
    void everyHelpSaysSo() {
        assertTrue(CommandLineRun.of("dam", "train", "--help").out().contains("may be joined by - or _"));
    }
}
