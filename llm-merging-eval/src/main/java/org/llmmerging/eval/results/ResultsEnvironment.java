package org.llmmerging.eval.results;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.RunListener;
import org.llmmerging.eval.run.ScoringOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.plugin.PluginRegistry;

/**
 * What the measurements of all families and seeds share.
 *
 * @param work where models are merged, and overwritten by the next
 * @param validation what soups are chosen by
 * @param code stands for the kit's code
 * @param listener notified of what is measured
 * @param inner notified of each merge and evaluation that is measured
 */
public record ResultsEnvironment(
        PluginRegistry registry,
        Installation installation,
        Path work,
        MeasurementLog log,
        ScoringOptions scoring,
        List<Dataset> validation,
        String code,
        RunListener listener,
        RunListener inner) {}
