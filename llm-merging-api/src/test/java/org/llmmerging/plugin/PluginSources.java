package org.llmmerging.plugin;

import java.io.IOException;
import java.nio.file.Path;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergesProvider;

/** Sources of small plugins for tests. */
final class PluginSources {

    private PluginSources() {}

    /** A jar that registers the eight standard entries of an architecture. */
    static Path architecture(Path jar, String architecture) throws IOException {
        return PluginJarBuilder.plugin("test." + architecture)
                .source("test.arch.Provider", """
                        package test.arch;
                        import java.util.Collection;
                        import org.llmmerging.*;
                        public final class Provider implements MergesProvider {
                            public Collection<Merges> merges() {
                                return StandardMerges.forArchitecture("%s");
                            }
                        }
                        """.formatted(architecture))
                .service(MergesProvider.class, "test.arch.Provider")
                .build(jar);
    }

    /** A plugin with one method class, {@code test.Method}, of the given name. */
    static PluginJarBuilder method(String pluginId, String name) {
        return method(pluginId, name, "", "");
    }

    /**
     * A plugin with one method class, {@code test.Method}.
     *
     * @param inConstructor statements
     * @param members further members of the class
     */
    static PluginJarBuilder method(String pluginId, String name, String inConstructor, String members) {
        return method(pluginId, name, inConstructor, members, "List.of()",
                "ModelCount.atLeast(1, ModelCount.Base.OPTIONAL)");
    }

    /**
     * A plugin with one method class, {@code test.Method}, whose declarations are these expressions, with further
     * members.
     */
    static PluginJarBuilder declaring(String pluginId, String parameters, String models, String members) {
        return method(pluginId, "declaring_method", "", members, parameters, models);
    }

    private static PluginJarBuilder method(
            String pluginId, String name, String inConstructor, String members, String parameters, String models) {
        return PluginJarBuilder.plugin(pluginId)
                .source("test.Method", """
                        package test;
                        import java.util.List;
                        import org.llmmerging.*;
                        import org.llmmerging.tensor.Shape;
                        public final class Method extends WholeTensorMethod {
                            public Method() throws Exception {
                                %s
                            }
                            %s
                            public String name() { return "%s"; }
                            public String summary() { return "A test's own"; }
                            public List<ParameterSpec> parameters() { return %s; }
                            public ModelCount models() { return %s; }
                            protected float[] merge(
                                    String tensor, Shape shape, float[] base, float[][] models, Parameters parameters) {
                                return models[0];
                            }
                        }
                        """.formatted(inConstructor, members, name, parameters, models))
                .service(MergeMethod.class, "test.Method");
    }

    /** A plugin with one provider class, {@code test.Provider}, whose {@code merges()} returns an expression. */
    static PluginJarBuilder provider(String pluginId, String returned) {
        return PluginJarBuilder.plugin(pluginId)
                .source("test.Provider", """
                        package test;
                        import java.util.*;
                        import org.llmmerging.*;
                        public final class Provider implements MergesProvider {
                            public Collection<Merges> merges() {
                                return %s;
                            }
                        }
                        """.formatted(returned))
                .service(MergesProvider.class, "test.Provider");
    }
}
