package org.llmmerging.eval.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.train.dam.CoefficientSettings;
import org.llmmerging.eval.train.dam.DamFolder;
import org.llmmerging.eval.train.dam.DamParameter;
import org.llmmerging.eval.train.dam.LayerKind;
import org.llmmerging.eval.train.dam.NonLinearity;
import org.llmmerging.merge.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dam merge BASE MODEL…}: a merge whose coefficients are still to be learned. */
@Command(
        name = "merge",
        customSynopsis = "main dam merge BASE MODEL... --output_path=D [OPTION]...",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Make the untrained merge: coefficients for every layer of every model, and no copy of weights.")
final class DamMergeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Parameters(index = "0", paramLabel = "BASE", description = "The base model: a folder, or org/name in the cache.")
    @SuppressWarnings("NullAway.Init")
    private String base;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "MODEL",
            description = "Fine-tunes of the base, or LoRA adapters on it.")
    private List<String> models = new ArrayList<>();

    @Option(names = "--output_path", required = true, paramLabel = "D", description = "The folder to write.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Mixin
    private final DamParameterOptions parameters = new DamParameterOptions(DamParameter.Use.MERGE);

    @Option(
            names = "--non_linearity",
            defaultValue = "None",
            paramLabel = "F",
            description = "Applied to coefficients: tanh, sigmoid, relu or None. Default: None.")
    private String nonLinearity = "None";

    @Option(
            names = "--embedding_merge_random",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Begin at the softmax of random numbers in embeddings, not at 1/N.")
    private boolean randomEmbeddings;

    @Option(
            names = "--linear_merge_random",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "The same in linear layers.")
    private boolean randomLinear;

    @Option(
            names = "--norm_merge_random",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "The same in norms.")
    private boolean randomNorms;

    @Mixin
    private final SeedOption seed = new SeedOption(KitConfig.DEFAULT_SEED);

    @Mixin
    private final MergeDeviceOption device = new MergeDeviceOption("an untrained merge is coefficients only");

    @Option(names = "--repo_id", paramLabel = "ID", description = "No effect: nothing is uploaded.")
    private @Nullable String repository;

    @Override
    public Integer call() {
        Messages messages = messageOptions.messages();
        device.explain(messages);
        if (repository != null) {
            messages.note(
                    "--repo_id has no effect: nothing is uploaded. Upload the folder with: hf upload " + repository
                            + " " + output);
        }
        NonLinearity function = NonLinearity.ofKey(nonLinearity)
                .orElseThrow(() -> new ParameterException(spec.commandLine(),
                        "--non_linearity: '" + nonLinearity + "' is not known. Use tanh, sigmoid, relu or None"));
        CoefficientSettings settings = CoefficientSettings.of(seed.seed(), parameters)
                .withRandom(LayerKind.LINEAR, randomLinear)
                .withRandom(LayerKind.EMBEDDING, randomEmbeddings)
                .withRandom(LayerKind.NORM, randomNorms)
                .withNonLinearity(function);
        try (ModelStore store = new ModelStore(Installation.current().modelLocator())) {
            ModelReference on = reference(base);
            List<ModelReference> merged = models.stream().map(name -> store.onBase(reference(name), on)).toList();
            Path written = DamFolder.create(
                    store, on, merged, settings, output, messages::note);
            spec.commandLine().getOut().println(written);
        }
        return 0;
    }

    /** Folders are named from the root, so that the merge can be used from anywhere. */
    private static ModelReference reference(String text) {
        return absolute(ModelReference.ofArgument(text));
    }

    private static ModelReference absolute(ModelReference reference) {
        ModelReference adapter = reference.adapter();
        Path folder = Path.of(reference.path()).toAbsolutePath().normalize();
        return new ModelReference(
                Files.isDirectory(folder) ? folder.toString() : reference.path(),
                reference.revision(),
                adapter == null ? null : absolute(adapter));
    }
}
