package org.llmmerging.eval;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The rules that docs/architecture.md states, on the classes of the api and of eval. */
class ArchitectureTest {
    private static final String SERVICE_PROVIDER_INTERFACE = "org.llmmerging";
    private static final String EVAL = "org.llmmerging.eval..";
    private static final String PLUGINS = "org.llmmerging.plugins..";
    private static final String COMMAND_LINE = "org.llmmerging.eval.cli..";

    private final JavaClasses kit = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.llmmerging");

    @Test
    void theApiKnowsNeitherEvalNorPlugins() {
        check(noClasses().that().resideOutsideOfPackages(EVAL, PLUGINS)
                .should().dependOnClassesThat().resideInAnyPackage(EVAL, PLUGINS)
                .because("dependencies point one way: plugins, eval, api"));
    }

    @Test
    void evalDoesNotKnowThePlugins() {
        check(noClasses().that().resideInAPackage(EVAL)
                .should().dependOnClassesThat().resideInAPackage(PLUGINS)
                .because("dependencies point one way: plugins, eval, api"));
    }

    @Test
    void theApiDoesNotUseDjl() {
        check(noClasses().that().resideOutsideOfPackage(EVAL)
                .should().dependOnClassesThat().resideInAPackage("ai.djl..")
                .because("merging needs no native code"));
    }

    @Test
    void theServiceProviderInterfaceUsesOnlyTypesThatPluginAuthorsSee() {
        check(classes().that().resideInAPackage(SERVICE_PROVIDER_INTERFACE)
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        SERVICE_PROVIDER_INTERFACE, "org.llmmerging.tensor", "org.llmmerging.checkpoint",
                        "org.llmmerging.config", "java..", "org.jspecify..")
                .because("it must not change when the engine behind it does"));
    }

    @Test
    void onlyTheCommandLinePrints() {
        check(noClasses().that().resideOutsideOfPackage(COMMAND_LINE)
                .should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().callMethod(Throwable.class, "printStackTrace")
                .because("stdout carries results, and messages to the user are written in one place"));
    }

    @Test
    void onlyTheCommandLineExits() {
        check(noClasses().that().resideOutsideOfPackage(COMMAND_LINE)
                .should().callMethod(System.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "halt", int.class)
                .because("a failure is an exception with an exit code"));
    }

    @Test
    void nothingKnowsTheCommandLine() {
        check(noClasses().that().resideOutsideOfPackage(COMMAND_LINE)
                .should().dependOnClassesThat().resideInAPackage(COMMAND_LINE)
                .because("what a command does can be had without its command line"));
    }

    @Test
    void noPackageDependsOnOneThatDependsOnIt() {
        check(slices().matching("org.llmmerging.(**)").should().beFreeOfCycles()
                .because("a package can then be read without those that use it"));
    }

    @Test
    void noStateIsStaticAndMutable() {
        check(fields().that().areStatic()
                .should().beFinal()
                .because("two runs in one process must not see each other"));
    }

    private void check(ArchRule rule) {
        rule.check(kit);
    }
}
