package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergesProvider;
import org.llmmerging.plugin.PluginJarBuilder;

/** Folders of plugins that tests may change, and the plugins that they put there. */
final class PluginFolder {
    private PluginFolder() {}

    /** A copy of what main takes from this repository, its plugins among it. */
    static Path home(Path folder) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        for (String each : List.of("configs", "models", "data", "plugins")) {
            Inputs.copy(Kit.REPOSITORY.resolve(each), home.resolve(each));
        }
        return home;
    }

    /**
     * A plugin of one method on whole tensors, which {@code midpoint_llama3} merges with.
     *
     * @param statements what {@code merge} does with {@code base} and {@code models}
     */
    static PluginJarBuilder midpoint(String statements) {
        return midpoint("", statements);
    }

    /** As {@link #midpoint(String)}, with statements for the method's constructor. */
    static PluginJarBuilder midpoint(String inConstructor, String statements) {
        return PluginJarBuilder.plugin("com.example.midpoint")
                .source("com.example.Midpoint", """
                        package com.example;

                        import java.util.List;
                        import org.llmmerging.*;
                        import org.llmmerging.tensor.Shape;

                        public final class Midpoint extends WholeTensorMethod {
                            public Midpoint() { %s }
                            public String name() { return "midpoint"; }
                            public String summary() { return "halfway from the base to the first model"; }
                            public List<ParameterSpec> parameters() {
                                return List.of(ParameterSpec.global("fraction").withDefault(0.5).within(0, 1));
                            }
                            public ModelCount models() { return ModelCount.atLeast(1, ModelCount.Base.REQUIRED); }
                            protected float[] merge(String name, Shape shape, float[] base, float[][] models,
                                    Parameters parameters) {
                                %s
                            }
                        }
                        """.formatted(inConstructor, statements))
                .source("com.example.MidpointMerges", """
                        package com.example;

                        import java.util.*;
                        import org.llmmerging.*;

                        public final class MidpointMerges implements MergesProvider {
                            public Collection<Merges> merges() {
                                return List.of(StandardMerges.named("midpoint_llama3", "midpoint", "llama3"));
                            }
                        }
                        """)
                .service(MergeMethod.class, "com.example.Midpoint")
                .service(MergesProvider.class, "com.example.MidpointMerges");
    }

    /** A configuration that {@code midpoint_llama3} runs with. */
    static Path midpointConfig(Path folder) throws IOException {
        return Files.writeString(folder.resolve("midpoint.yaml"), """
                merge_method: midpoint
                list_models:
                  - [models/llama3/reasoning, null]
                base_model_name: models/llama3/base
                base_model_revision_id: null
                is_peft: false
                architecture: decoder
                parameters: {fraction: 0.25}
                """);
    }
}
