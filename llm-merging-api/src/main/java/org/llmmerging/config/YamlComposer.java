package org.llmmerging.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Builds {@link YamlNode} trees from the events of a YAML stream. SnakeYAML's own composer is not used because its
 * limits give no position and it counts harmless aliases too.
 *
 * <p>Bounds: the depth and the size of the tree with every alias written out, so that a small file cannot stand for a
 * huge tree, and the number of aliases of what has aliases in it.
 */
final class YamlComposer {
    static final int DEEPEST = 50;
    static final int MOST_NODES = 1_000_000;
    static final int MOST_ALIASES_OF_ALIASES = 50;

    private static final String YAML_TAGS = "tag:yaml.org,2002:";

    private final Path file;
    private final Iterator<Event> events;
    private final Problems problems;
    /** Complete nodes by anchor; null for a node that is still being read. */
    private final Map<String, @Nullable Part> anchors = new HashMap<>();

    private int aliasesOfAliases;

    /** A node with what its limits need: levels and nodes in it with aliases written out. */
    private record Part(YamlNode node, int depth, long size, boolean hasAlias) {}

    YamlComposer(Path file, Iterator<Event> events, Problems problems) {
        this.file = file;
        this.events = events;
        this.problems = problems;
    }

    /** @throws ConfigException when a limit is passed, an alias has no anchor, or a tag is not YAML's own */
    List<YamlNode> documents() {
        List<YamlNode> documents = new ArrayList<>();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof NodeEvent) {
                documents.add(compose(event, 1).node);
            } else if (event.is(Event.ID.DocumentStart)) {
                anchors.clear();
                aliasesOfAliases = 0;
            }
        }
        return documents;
    }

    private Part compose(Event event, int level) {
        Position position = position(event.getStartMark());
        if (event instanceof AliasEvent alias) {
            return resolve(alias, position, level);
        }
        checkDepth(level, position);
        String anchor = ((NodeEvent) event).getAnchor();
        if (anchor != null) {
            anchors.put(anchor, null);
        }
        Part part = switch (event) {
            case ScalarEvent scalar -> new Part(scalar(scalar, position), 1, 1, false);
            case SequenceStartEvent start -> {
                checkTag(start.getTag(), "seq", position);
                yield sequence(position, level);
            }
            case MappingStartEvent start -> {
                checkTag(start.getTag(), "map", position);
                yield mapping(position, level);
            }
            default -> throw new IllegalStateException("unexpected event " + event);
        };
        if (anchor != null) {
            anchors.put(anchor, part);
        }
        return part;
    }

    private Part resolve(AliasEvent alias, Position position, int level) {
        String anchor = alias.getAnchor();
        Part part = anchors.get(anchor);
        if (part == null) {
            throw error(position, anchors.containsKey(anchor)
                    ? "'*" + anchor + "' stands inside what it is an alias of. Remove the circle."
                    : "'*" + anchor + "' has no anchor before it. Define it first with '&" + anchor + "'.");
        }
        if (part.hasAlias && ++aliasesOfAliases > MOST_ALIASES_OF_ALIASES) {
            throw error(position, "more than " + MOST_ALIASES_OF_ALIASES
                    + " aliases of values that have aliases in them. Write some of them out.");
        }
        checkDepth(level + part.depth - 1, position);
        return new Part(part.node, part.depth, part.size, true);
    }

    private Part sequence(Position position, int level) {
        List<YamlNode> items = new ArrayList<>();
        int depth = 0;
        long size = 1;
        boolean hasAlias = false;
        for (Event event = events.next(); !event.is(Event.ID.SequenceEnd); event = events.next()) {
            Part item = compose(event, level + 1);
            items.add(item.node);
            depth = Math.max(depth, item.depth);
            size = checkSize(size + item.size, position);
            hasAlias |= item.hasAlias;
        }
        return new Part(new YamlNode.Sequence(position, List.copyOf(items)), depth + 1, size, hasAlias);
    }

    private Part mapping(Position position, int level) {
        YamlMappingBuilder mapping = new YamlMappingBuilder(position, problems);
        int depth = 0;
        long size = 1;
        boolean hasAlias = false;
        for (Event event = events.next(); !event.is(Event.ID.MappingEnd); event = events.next()) {
            Part key = compose(event, level + 1);
            Position keyPosition = position(event.getStartMark());
            Event valueEvent = events.next();
            Part value = compose(valueEvent, level + 1);
            boolean isAnchored = !(valueEvent instanceof AliasEvent) && ((NodeEvent) valueEvent).getAnchor() != null;
            mapping.add(keyPosition, key.node, value.node, isAnchored);
            depth = Math.max(depth, value.depth);
            size = checkSize(size + value.size + 1, position);
            hasAlias |= value.hasAlias || key.hasAlias;
        }
        return new Part(mapping.build(), depth + 1, size, hasAlias);
    }

    private YamlNode.Scalar scalar(ScalarEvent event, Position position) {
        String tag = event.getTag();
        if (tag == null) {
            return new YamlNode.Scalar(position, event.getValue(), event.isPlain());
        }
        boolean text = tag.equals("!") || tag.equals(YAML_TAGS + "str");
        if (!text && !List.of("int", "float", "bool", "null").contains(tag.replace(YAML_TAGS, ""))) {
            throw unknownTag(tag, position);
        }
        return new YamlNode.Scalar(position, event.getValue(), !text);
    }

    private void checkTag(@Nullable String tag, String expected, Position position) {
        if (tag != null && !tag.equals("!") && !tag.equals(YAML_TAGS + expected)) {
            throw unknownTag(tag, position);
        }
    }

    private ConfigException unknownTag(String tag, Position position) {
        return error(position, "the tag '" + tag + "' means nothing here. Remove it.");
    }

    private void checkDepth(int level, Position position) {
        if (level > DEEPEST) {
            throw error(position, "nested more than " + DEEPEST + " levels deep. Make it flatter.");
        }
    }

    private long checkSize(long size, Position position) {
        if (size > MOST_NODES) {
            throw error(position, "with its aliases written out this has more than " + MOST_NODES
                    + " values. Use fewer aliases.");
        }
        return size;
    }

    private ConfigException error(Position position, String message) {
        return problems.fatal(position, message, null);
    }

    private Position position(Mark mark) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
