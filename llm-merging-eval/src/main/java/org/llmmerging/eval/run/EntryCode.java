package org.llmmerging.eval.run;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.plugin.PluginException;
import org.llmmerging.plugin.RegisteredMerges;

/**
 * Runs the steps of a registered name, which its author may have written. What a step throws by mistake is reported
 * with the name and its jar.
 */
record EntryCode(RegisteredMerges entry) {

    /** What messages about the entry begin with. */
    String label() {
        return entry.origin().label() + ": " + entry.name();
    }

    /**
     * Runs a step.
     *
     * @param step its name
     * @throws PluginException when it returns null
     * @throws StepException when it throws what is no {@link MergingException}
     */
    <T> T run(String step, Supplier<@Nullable T> written) {
        T returned;
        try {
            returned = written.get();
        } catch (MergingException expected) {
            throw expected;
        } catch (Exception | Error failure) {
            // Any exception: other languages of the JVM throw checked ones without declaring them.
            if (failure instanceof VirtualMachineError ofMachine && !(failure instanceof StackOverflowError)) {
                throw ofMachine; // such as exhausted memory, which is nobody's mistake
            }
            throw new StepException(label() + ": its " + step + " failed: " + failure
                    + ". This is a fault of the plugin or of the kit; --verbose shows where", failure);
        }
        // Plugins are not compiled with our null checks.
        if (returned == null) {
            throw new PluginException(
                    label() + ": its " + step + " returned null. Correct the plugin, or leave the name out.");
        }
        return returned;
    }
}
