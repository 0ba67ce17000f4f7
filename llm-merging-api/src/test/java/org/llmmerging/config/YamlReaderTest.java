package org.llmmerging.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class YamlReaderTest {
    @TempDir
    Path folder;

    private List<YamlNode> read(String text) {
        return readStrictly(ConfigFiles.write(folder, text));
    }

    private static List<YamlNode> readStrictly(Path file) {
        Problems problems = new Problems();
        List<YamlNode> documents = YamlReader.read(file, problems);
        problems.throwIfAny();
        return documents;
    }

    /** The tree in YAML's flow style, without positions. */
    private static String flow(YamlNode node) {
        return switch (node) {
            case Scalar scalar -> scalar.plain() ? scalar.text() : "'" + scalar.text() + "'";
            case Sequence sequence ->
                sequence.items().stream().map(YamlReaderTest::flow).collect(Collectors.joining(", ", "[", "]"));
            case Mapping mapping ->
                mapping.entries().entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + flow(entry.getValue().value()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    @Test
    void everyNodeKnowsWhereItStands() {
        Mapping mapping = (Mapping) read("first: 1\nsecond:\n  - é\n  - {x: [é, y]}\n").getFirst();
        Sequence second = (Sequence) ConfigFiles.get(mapping.entries(), "second").value();
        Mapping inner = (Mapping) second.items().get(1);
        Sequence list = (Sequence) ConfigFiles.get(inner.entries(), "x").value();
        Path file = folder.resolve("c.yml");

        assertEquals(new Position(file, 1, 1), mapping.position());
        assertEquals(new Position(file, 2, 1), ConfigFiles.get(mapping.entries(), "second").keyPosition());
        assertEquals(new Position(file, 3, 5), second.items().get(0).position());
        assertEquals(new Position(file, 4, 13), list.items().get(1).position());
        assertEquals(file + ":4:13", list.items().get(1).position().toString());
    }

    @Test
    void aliasesStandForWhatIsAnchored() {
        assertEquals("{a: {x: 1}, b: {x: 1}, c: ['t', 't']}", flow(
                read("a: &m {x: 1}\nb: *m\nc: [&t 't', *t]\n").getFirst()));
    }

    @Test
    void ownKeysGoBeforeMergedOnesAndEarlierMergedBeforeLater() {
        String text = """
                - &a {x: 1, y: 1}
                - &b {y: 2, z: 2}
                - {<<: *a, x: 3}
                - {<<: [*a, *b], w: 4}
                - {'<<': text}
                """;

        assertEquals(
                "[{x: 1, y: 1}, {y: 2, z: 2}, {x: 3, y: 1}, {w: 4, x: 1, y: 1, z: 2}, {<<: text}]",
                flow(read(text).getFirst()));
    }

    @Test
    void aStreamHasSeveralDocumentsAndEmptyOnesDoNotCount() {
        assertEquals(
                List.of("{a: 1}", "{b: 2}"),
                read("---\n---\na: 1\n---\nb: 2\n...\n---\n").stream().map(YamlReaderTest::flow).toList());
    }

    @Test
    void anchorsEndWithTheirDocument() {
        ConfigFiles.assertRefused(folder, "a: &x 1\n---\nb: *x\n", YamlReaderTest::readStrictly,
                "c.yml:3:4: '*x' has no anchor before it. Define it first with '&x'.");
    }

    @Test
    void acceptsAByteOrderMarkAndWindowsLineEnds() {
        YamlNode document = read("\uFEFFa: 1\r\nb:\r\n  - 2\r\n").getFirst();

        assertEquals("{a: 1, b: [2]}", flow(document));
        assertEquals(1, document.position().column());
        assertEquals(2, ConfigFiles.get(((Mapping) document).entries(), "b").keyPosition().line());
    }

    @Test
    void tagsOfYamlItselfSayWhatAValueIs() {
        assertEquals("{a: '1', b: 2, c: [3], d: 'x'}", flow(
                read("a: !!str 1\nb: !!float '2'\nc: !!seq [3]\nd: ! x\n").getFirst()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1", "+1.5", "0.5", ".5", "5.", "1e-5", "1E+5", "1.0e-09", "'0.5'", "0"})
    void readsNumbersAsPeopleWriteThem(String text) {
        Scalar scalar = (Scalar) read(text).getFirst();

        assertEquals(Double.valueOf(text.replace("'", "")), scalar.asNumber());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x10", "010", "1:30", "1_000", "1e", "e5", ".", "-", "1.2.3", "0.5f", "1d"})
    void doesNotGuessAtOtherNumbers(String text) {
        assertNull(new Scalar(Position.of(folder), text, true).asNumber());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tellsWhereAndWhyAFileIsNotYaml(String what, String text, String expected) {
        ConfigFiles.assertRefused(folder, text, YamlReaderTest::readStrictly, expected);
    }

    static Stream<Arguments> tellsWhereAndWhyAFileIsNotYaml() {
        return Stream.of(
                arguments("tab", "a:\n\tb: 1\n", "c.yml:2:1: a tab where YAML wants spaces. Indent with spaces."),
                arguments("duplicate key", "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", """
                        c.yml:4:3: duplicate key 'c', first at line 3, column 3. Remove one of them.
                        c.yml:5:1: duplicate key 'a', first at line 1, column 1. Remove one of them.
                        """),
                arguments("two merge keys", "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n",
                        """
                                c.yml:4:3: duplicate key '<<', first at line 3, column 3. Merge several mappings with one list: '<<: [*a, *b]'.
                                """),
                arguments("merge of a list", "a: &a [1]\nb:\n  <<: *a\n", """
                        c.yml:1:8: '<<' merges a mapping or a list of mappings, not '1'. Give it an alias of a mapping.
                        """),
                arguments("list as key", "? [a, b]\n: 1\n", """
                        c.yml:1:3: a key must be a single word, not a list. Write it as text.
                        """),
                arguments("unknown alias", "a: *b\n", """
                        c.yml:1:4: '*b' has no anchor before it. Define it first with '&b'.
                        """),
                arguments("circle", "a: &a [1, *a]\n", """
                        c.yml:1:11: '*a' stands inside what it is an alias of. Remove the circle.
                        """),
                arguments("tag", "a: !!java.net.URL [x]\n", """
                        c.yml:1:4: the tag 'tag:yaml.org,2002:java.net.URL' means nothing here. Remove it.
                        """),
                arguments("control character", "a: 1\nb: x\u0007\n", """
                        c.yml:2:5: the character U+0007 is not allowed in YAML. Remove it.
                        """),
                arguments("51 aliases of aliases", IntStream.range(0, 51).mapToObj(i -> "- *b\n").collect(
                        Collectors.joining("", "- &a [1]\n- &b [*a]\n", "")),
                        """
                                c.yml:53:3: more than 50 aliases of values that have aliases in them. Write some of them out.
                                """),
                arguments("51 aliases, each of the one before", IntStream.rangeClosed(1, 51)
                        .mapToObj(i -> "- &a" + i + " [*a" + (i - 1) + "]\n")
                        .collect(Collectors.joining("", "- &a0 [1]\n", "")), """
                                c.yml:49:9: nested more than 50 levels deep. Make it flatter.
                                """),
                arguments("nine aliases of nine aliases of …", "- &a [x,x,x,x,x,x,x,x,x,x]\n"
                        + IntStream.range(0, 8)
                                .mapToObj(i -> "- &%c [%s]\n".formatted('b' + i,
                                        Stream.generate(() -> "*" + (char) ('a' + i))
                                                .limit(10)
                                                .collect(Collectors.joining(","))))
                                .collect(Collectors.joining()),
                        """
                                c.yml:6:3: with its aliases written out this has more than 1000000 values. Use fewer aliases.
                                """));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void fiftyThousandLevelsAreOneClearError(String level) {
        Path file = ConfigFiles.write(folder, level.repeat(50_000));

        assertOneError(file, "nested more than 50 levels deep. Make it flatter.");
    }

    @Test
    void aFewBytesCannotStandForAHugeTree() {
        String list = "- &a [" + "x,".repeat(1_000) + "x]\n";
        String mapping = "- &m {"
                + IntStream.range(0, 1_000).mapToObj(i -> "k" + i + ": 1,").collect(Collectors.joining())
                + "}\n";

        assertOneError(ConfigFiles.write(folder, list + "- *a\n".repeat(10_000)), "more than 1000000 values");
        assertOneError(ConfigFiles.write(folder, mapping + "- {<<: *m}\n".repeat(10_000)), "more than 1000000 values");
    }

    @Test
    void fourMegabytesAreTooMuch() {
        assertOneError(
                ConfigFiles.write(folder, "a: " + "x".repeat(4_000_000)),
                "a configuration must be smaller than 4000000");
    }

    @Test
    void justBelowFourMegabytesIsReadInGoodTime() {
        Path file = ConfigFiles.write(folder, "a: [" + "1.5, ".repeat(399_000) + "2]\nb: " + "x".repeat(1_900_000));

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> readStrictly(file));
    }

    @Test
    void onlyUtf8IsRead() throws IOException {
        Path file = folder.resolve("latin.yml");
        Files.write(file, "a: é".getBytes(StandardCharsets.ISO_8859_1));

        assertOneError(file, "is not UTF-8 text. Save it as UTF-8.");
    }

    @Test
    void aDeviceIsNotOpened() {
        assertOneError(Path.of("/dev/zero"), "is not a regular file. Name a YAML file.");
    }

    private static void assertOneError(Path file, String part) {
        Function<Path, ?> reader = YamlReaderTest::readStrictly;
        ConfigException failure = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertThrows(ConfigException.class, () -> reader.apply(file)));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith(file.toString()) && message.contains(part), message);
        assertEquals(1, message.lines().count());
    }
}
