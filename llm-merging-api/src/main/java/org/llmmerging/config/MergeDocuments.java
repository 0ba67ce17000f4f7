package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What could be read of a mergekit YAML file, and what is wrong with it.
 *
 * @param documents the merges, in the order of the file; without those of which too little could be read
 * @param names what documents are called, those that could not be read among them
 * @param problems what is wrong so far; when there is anything, the documents serve to look for more and not for
 *     merging
 */
public record MergeDocuments(List<MergeConfig> documents, Set<String> names, Problems problems) {

    /** Copies the collections. */
    public MergeDocuments {
        documents = List.copyOf(documents);
        names = Set.copyOf(names);
    }

    /**
     * Reads every document of a file.
     *
     * @throws ConfigException when the file cannot be read, is no YAML or has no merge in it
     */
    public static MergeDocuments read(Path file) {
        return new MergeConfigReader(file).read();
    }

    /**
     * Whether the documents are what their author meant, all but for single values and unknown keys, so that a plan of
     * them shows further problems and none that only follow from those before.
     */
    public boolean canBePlanned() {
        return problems.isReadable() && !documents.isEmpty();
    }
}
