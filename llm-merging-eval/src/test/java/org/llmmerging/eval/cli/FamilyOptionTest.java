package org.llmmerging.eval.cli;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.train.starter.StarterModels;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FamilyOptionTest {
    @Test
    void aFamilyThatIsNamedTwiceIsTakenOnce() {
        assertEquals(
                List.of("mistral", "llama"),
                families("--family", "mistral", "--family", "llama", "--family", "mistral"));
    }

    @Test
    void withoutAnyItIsAllOfThem() {
        assertEquals(StarterModels.families(), families());
    }

    @Test
    void theHelpNamesThemAll() {
        List<String> known = StarterModels.families();
        String told = "Only these: " + String.join(", ", known.subList(0, known.size() - 1)) + " or " + known.getLast();
        String help = CommandSpec.forAnnotatedObject(new FamilyOption()).findOption("--family").description()[0];
        assertTrue(help.startsWith(told + ". "), help);
    }

    private static List<String> families(String... arguments) {
        FamilyOption option = new FamilyOption();
        CommandSpec spec = CommandSpec.create().addMixin("family", CommandSpec.forAnnotatedObject(option));
        new CommandLine(spec).parseArgs(arguments);
        return option.families(spec);
    }
}
