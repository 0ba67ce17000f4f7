package org.llmmerging;

import java.nio.file.Path;
import java.util.Optional;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.Problems;

/** What the kit offers to a {@link Merges} that is asked what it would do. Nothing is run and nothing written. */
public interface PlanContext {

    /** The configuration of the run; when {@link #problems()} has some already, what could be read of it. */
    KitConfig config();

    /** What is wrong with the configuration, to which the entry adds what it finds. All of it is reported at once. */
    Problems problems();

    /**
     * Plans the merge that makes the result, of the configuration's models. At most one is planned.
     *
     * @param method name of a {@link MergeMethod}
     * @throws MergingException with everything that is wrong, when something is
     */
    void merge(String method);

    /**
     * As {@link #merge(String)}, with another configuration than the run's.
     *
     * @param config the models and parameters to merge, such as {@link KitConfig#withModels}
     */
    void merge(String method, KitConfig config);

    /** As {@link #merge(String)}, with a method that need not be registered. */
    void merge(MergeMethod method);

    /**
     * Opens the models of {@link #config()} for a look at their files, also where another configuration is planned, and
     * its base model, also where the method that is planned does not use it. The kit closes them. A merge must have been
     * planned; an entry that has planned none ends as a faulty plugin.
     *
     * @throws MergingException when one cannot be found or read
     */
    LoadedModels openModels();

    /** A file or folder that the configuration names, where {@link MergeContext#locate} would find it. */
    Optional<Path> find(String path);

    /** Says that candidates will be scored on the validation sets, which {@code --validation_filepaths} names. */
    void searches();

    /** Notes for the user what the run does besides, in a sentence without a full stop. */
    void note(String sentence);
}
