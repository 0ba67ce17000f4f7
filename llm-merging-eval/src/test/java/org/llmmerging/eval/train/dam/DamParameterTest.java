package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.train.RepositoryFiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The parameters of DAM, and the tables of docs/reference/dam.md that list them. */
class DamParameterTest {
    private static final Path PAGE = RepositoryFiles.folder("docs").resolve("reference/dam.md");
    private static final Pattern CODE = Pattern.compile("`(?:parameters\\.)?([a-z0-9_]+…?)`");

    @ParameterizedTest
    @EnumSource(DamParameter.class)
    void itsDefaultIsOneOfItsValues(DamParameter parameter) {
        assertTrue(parameter.takes(parameter.defaultValue()), parameter.key());
    }

    @ParameterizedTest
    @EnumSource(LossKind.class)
    void everyLossHasItsSwitch(LossKind kind) {
        assertEquals("use_" + kind.key(), DamParameter.switchOf(kind).key());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LEARNING_RATE | 0 | --learning_rate is 0. Give a number above 0
            LEARNING_RATE | Infinity | --learning_rate is Infinity. Give a number above 0
            WARMUP_RATIO | 3 | --warmup_ratio is 3. Give a number from 0 to 1
            WEIGHT_DECAY | -1 | --weight_decay is -1. Give a number at least 0
            MOFO_ALPHA | 2 | --mofo_alpha is 2. Give a number above 0 and at most 1
            BATCH_SIZE | 0 | --batch_size is 0. Give a whole number from 1 to 2147483647
            EPOCHS | 1.5 | --epochs is 1.5. Give a whole number from 1 to 2147483647
            LAMBDA_COEF_L1 | NaN | --lambda_coef_l1 is NaN. Give any number
            """)
    void otherValuesAreRefused(DamParameter parameter, double value, String problem) {
        TrainingSettings settings = TrainingSettings.defaults(1);
        assertEquals(problem,
                assertThrows(ConfigException.class, () -> settings.with(parameter, value)).getMessage());
    }

    @Test
    void thePageHasEveryParameterOfTheTrainingWithItsDefault() throws IOException {
        String page = Files.readString(PAGE);
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            String names = Stream.concat(Stream.of(parameter.key()), parameter.alsoCalled().stream())
                    .map(name -> "`--" + name + "`")
                    .collect(Collectors.joining(", "));
            List<String> told = List.of(
                    "\n| " + names + " | " + parameter.shownDefault() + " |",
                    names + " " + parameter.shownDefault(),
                    names + " (" + parameter.shownDefault() + ")");
            assertTrue(told.stream().anyMatch(page::contains), "one of " + told);
        }
    }

    @Test
    void thePageHasEveryParameterOfAConfiguration() throws IOException {
        List<String> told = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("| Key | Default | Meaning |"))
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| `parameters."))
                .map(line -> line.split("\\|")[1])
                .flatMap(cell -> CODE.matcher(cell).results().map((MatchResult name) -> name.group(1)))
                .filter(name -> !name.equals("seed"))
                .toList();
        assertEquals(
                Arrays.stream(DamParameter.values()).map(DamParameter::key).collect(Collectors.toSet()),
                told.stream().flatMap(DamParameterTest::expand).collect(Collectors.toSet()));
        String data = DamParameter.EXAMPLES.shownDefault() + ", " + DamParameter.MAX_LENGTH.shownDefault();
        assertTrue(Files.readString(PAGE).contains("| `parameters.examples`, `max_length` | " + data + " |"), data);
    }

    /** {@code use_…} is every name that begins so. */
    private static Stream<String> expand(String name) {
        Set<String> all = Arrays.stream(DamParameter.values()).map(DamParameter::key).collect(Collectors.toSet());
        return name.endsWith("…")
                ? all.stream().filter(each -> each.startsWith(name.substring(0, name.length() - 1)))
                : Stream.of(name);
    }
}
