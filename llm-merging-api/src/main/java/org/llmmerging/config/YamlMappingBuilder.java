package org.llmmerging.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.YamlNode.Entry;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

/**
 * Puts a mapping together: refuses duplicate keys, and lays merged mappings ({@code <<}) under its own keys, the first
 * merged mapping over the later ones, as the YAML merge key specification says.
 */
final class YamlMappingBuilder {
    private static final String MERGE_KEY = "<<";

    private final Position position;
    private final Problems problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Mapping> merged = new ArrayList<>();
    private @Nullable Position mergeKey;

    YamlMappingBuilder(Position position, Problems problems) {
        this.position = position;
        this.problems = problems;
    }

    /** @param isAnchored whether the value stands here under an anchor */
    void add(Position keyPosition, YamlNode key, YamlNode value, boolean isAnchored) {
        if (!(key instanceof Scalar scalar)) {
            problems.add(keyPosition, "a key must be a single word, not " + key.describe() + ". Write it as text.");
            return;
        }
        if (scalar.plain() && scalar.text().equals(MERGE_KEY)) {
            if (mergeKey != null) {
                problems.addApart(keyPosition, "duplicate key '<<', first at " + mergeKey.withinFile()
                        + ". Merge several mappings with one list: '<<: [*a, *b]'.");
            }
            mergeKey = keyPosition;
            merge(value);
            return;
        }
        Entry earlier = entries.putIfAbsent(scalar.text(), new Entry(keyPosition, value, isAnchored));
        if (earlier != null) {
            problems.addApart(keyPosition, "duplicate key '" + Quoting.shortened(scalar.text()) + "', first at "
                    + earlier.keyPosition().withinFile() + ". Remove one of them.");
        }
    }

    private void merge(YamlNode value) {
        List<YamlNode> sources = value instanceof Sequence sequence ? sequence.items() : List.of(value);
        for (YamlNode source : sources) {
            if (source instanceof Mapping mapping) {
                merged.add(mapping);
            } else {
                problems.add(source.position(), "'<<' merges a mapping or a list of mappings, not " + source.describe()
                        + ". Give it an alias of a mapping.");
            }
        }
    }

    Mapping build() {
        for (Mapping mapping : merged) {
            mapping.entries().forEach(entries::putIfAbsent);
        }
        return new Mapping(position, Collections.unmodifiableMap(entries));
    }
}
