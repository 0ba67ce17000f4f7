package org.llmmerging.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads the documents of a YAML file in bounded time and memory.
 *
 * <p>SnakeYAML parses; {@link YamlComposer} builds the tree from its events. Jackson's YAML module is not used: it
 * forgets positions, reads an alias as text and {@code <<} as a key, and keeps the last of duplicate keys. The tree is
 * bound by hand rather than through Jackson, whose messages name Java types and stop at the first error.
 */
final class YamlReader {
    /** Files of this size are refused: no configuration comes near it. */
    static final int TOO_LARGE = 4_000_000;

    private YamlReader() {}

    /**
     * @param problems takes what does not hinder reading on, such as a duplicate key
     * @return the documents, in the order of the file; empty ones are left out
     * @throws ConfigException when the file cannot be read, or as YAML makes no sense
     */
    static List<YamlNode> read(Path file, Problems problems) {
        String text = text(file);
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(TOO_LARGE);
        try {
            YamlComposer composer = new YamlComposer(file, new Yaml(options).parse(new StringReader(text)).iterator(),
                    problems);
            List<YamlNode> documents = new ArrayList<>(composer.documents());
            documents.removeIf(YamlNode::isNull);
            return documents;
        } catch (MarkedYAMLException e) {
            throw problems.fatal(position(file, e), explain(e), e);
        } catch (ReaderException e) {
            String character = String.format("U+%04X", e.getCodePoint());
            String problem = "the character " + character + " is not allowed in YAML. Remove it.";
            throw problems.fatal(position(file, text, e.getPosition()), problem, e);
        } catch (YAMLException e) {
            throw problems.fatal(Position.of(file), "not YAML: " + e.getMessage() + ". Correct the syntax.", e);
        }
    }

    private static String text(Path file) {
        // A pipe or device would block, so only regular files are opened.
        if (!Files.isRegularFile(file)) {
            String problem = Files.isDirectory(file)
                    ? "is a folder. Name a YAML file in it."
                    : Files.exists(file) ? "is not a regular file. Name a YAML file." : "no such file. Check the path.";
            throw new ConfigException(file + ": " + problem);
        }
        try {
            if (Files.size(file) >= TOO_LARGE) {
                throw new ConfigException(file + ": is " + Files.size(file) + " bytes long, and a configuration must"
                        + " be smaller than " + TOO_LARGE + ". Is it the right file?");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": is not UTF-8 text. Save it as UTF-8.", e);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read (" + FileProblem.of(e) + "). Check its permissions.", e);
        }
    }

    private static Position position(Path file, MarkedYAMLException e) {
        Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
        return mark == null ? Position.of(file) : new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static Position position(Path file, String text, int codePointIndex) {
        int line = 1;
        int column = 1;
        int[] before = text.codePoints().limit(codePointIndex).toArray();
        for (int codePoint : before) {
            line += codePoint == '\n' ? 1 : 0;
            column = codePoint == '\n' ? 1 : column + 1;
        }
        return new Position(file, line, column);
    }

    private static String explain(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? "syntax error" : e.getProblem();
        if (problem.contains("\\t(TAB)")) {
            return "a tab where YAML wants spaces. Indent with spaces.";
        }
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return "not YAML: " + context + problem + ". Correct the syntax.";
    }
}
