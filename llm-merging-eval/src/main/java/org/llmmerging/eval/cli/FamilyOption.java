package org.llmmerging.eval.cli;

import java.util.ArrayList;
import java.util.List;
import org.llmmerging.eval.train.starter.StarterModels;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --family}: which families of starter models a command is about. */
final class FamilyOption {
    @Option(
            names = "--family",
            paramLabel = "NAME",
            description = "Only these: flan-t5, llama, llama2, llama3 or mistral. Default: all.")
    private List<String> families = new ArrayList<>();

    /**
     * The families named, each once, or all.
     *
     * @param command for the message
     * @throws ParameterException naming those known when one is unknown
     */
    List<String> families(CommandSpec command) {
        List<String> known = StarterModels.families();
        for (String family : families) {
            if (!known.contains(family)) {
                throw new ParameterException(
                        command.commandLine(), "--family: '" + family + "' is none of " + String.join(", ", known));
            }
        }
        return families.isEmpty() ? known : families.stream().distinct().toList();
    }
}
