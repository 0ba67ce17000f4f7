package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/** Problems that many tensors share: that of the first tensor is reported in full, with the others named or counted. */
final class GroupedProblems {
    private static final int MOST_NAMED = 20;

    private final Map<String, Group> groups = new LinkedHashMap<>();

    private record Group(Position position, String problem, String remedy, List<String> others) {
        String likewise() {
            if (others.isEmpty()) {
                return "";
            }
            if (others.stream().noneMatch(String::isEmpty)) {
                int named = Math.min(others.size(), MOST_NAMED);
                String rest = named == others.size() ? "" : " and " + (others.size() - named) + " more";
                return "; likewise " + String.join(", ", others.subList(0, named)) + rest;
            }
            return "; likewise " + others.size() + (others.size() == 1 ? " other tensor" : " others");
        }
    }

    /**
     * @param group what the problem has in common with that of other tensors
     * @param problem what is wrong with this tensor, without a full stop
     * @param brief what distinguishes it from the first of its group: the tensor's name and what differs; empty to be
     *     counted only
     * @param remedy a sentence
     */
    void add(String group, Position position, String problem, String brief, String remedy) {
        Group known = groups.get(group);
        if (known == null) {
            groups.put(group, new Group(position, problem, remedy, new ArrayList<>()));
        } else {
            known.others().add(brief);
        }
    }

    /** Adds a problem for each group. */
    void report(Problems problems) {
        for (Group group : groups.values()) {
            problems.add(group.position(), group.problem() + group.likewise() + ". " + group.remedy());
        }
    }
}
