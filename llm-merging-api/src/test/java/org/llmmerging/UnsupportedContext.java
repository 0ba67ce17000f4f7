package org.llmmerging;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.config.KitConfig;

/** A context of which a test supports what the step under test is to call, and nothing else. */
public abstract class UnsupportedContext implements MergeContext {
    @Override
    public KitConfig config() {
        throw new UnsupportedOperationException();
    }

    @Override
    public RunSettings settings() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path checkpointFolder() {
        throw new UnsupportedOperationException();
    }

    @Override
    public LoadedModels openModels() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path merge(String method) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path merge(String method, KitConfig config, List<String> notes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path merge(MergeMethod method) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Scores validate(String method, KitConfig config) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path locate(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void say(String line) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void note(String note) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Predictor openPredictor(Path checkpoint) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Scores score(Predictor predictor) {
        throw new UnsupportedOperationException();
    }
}
