package org.llmmerging.merge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/** Problems that many tensors share: that of the first tensor is told, and how many others have it too. */
final class GroupedProblems {
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private record Group(Position position, String problem, String remedy, int count) {
        Group oneMore() {
            return new Group(position, problem, remedy, count + 1);
        }
    }

    /**
     * @param group what the problem has in common with that of other tensors
     * @param problem what is wrong with this tensor, without a full stop
     * @param remedy a sentence
     */
    void add(String group, Position position, String problem, String remedy) {
        groups.merge(group, new Group(position, problem, remedy, 1), (earlier, same) -> earlier.oneMore());
    }

    /** Tells all groups and forgets them. */
    void tell(Problems problems) {
        for (Group group : groups.values()) {
            int others = group.count() - 1;
            String likewise = others == 0 ? "" : "; likewise " + others + (others == 1 ? " other tensor" : " others");
            problems.add(group.position(), group.problem() + likewise + ". " + group.remedy());
        }
        groups.clear();
    }
}
