package org.llmmerging.eval.run;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Objects;
import org.llmmerging.MergingException;
import org.llmmerging.plugin.Origin;
import org.llmmerging.plugin.RegisteredMerges;

/**
 * Stands for code that decides figures: what another build of it has answered is not to be mixed with what this one
 * does.
 */
public final class CodeDigest {
    private CodeDigest() {}

    /** When it is first asked for: most commands never do. */
    private static final class Kit {
        // The manifest of this module's jar names the libraries, so that their versions count as well.
        static final String DIGEST = of(CodeDigest.class) + " " + of(MergingException.class);
    }

    /** Of the kit's own modules. */
    public static String kit() {
        return Kit.DIGEST;
    }

    /** Of the jar that a registered name comes from, which may ask the model in its own way. */
    public static String entry(RegisteredMerges merges) {
        return merges.name() + " "
                + (merges.origin() instanceof Origin.PluginJar plugin ? ContentDigest.of(plugin.jar()) : "built in");
    }

    private static String of(Class<?> type) {
        CodeSource source = Objects.requireNonNull(type.getProtectionDomain().getCodeSource(), type::getName);
        try {
            return ContentDigest.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(source.getLocation() + " is no place of a class", e);
        }
    }
}
