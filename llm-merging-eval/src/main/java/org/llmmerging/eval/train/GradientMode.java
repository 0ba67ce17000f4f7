package org.llmmerging.eval.train;

import ai.djl.pytorch.jni.JniUtils;

/** Whether the engine records operations of this thread for differentiation, until closed. */
final class GradientMode implements AutoCloseable {
    private final boolean before = JniUtils.isGradMode();

    private GradientMode(boolean recording) {
        JniUtils.setGradMode(recording);
    }

    static GradientMode on() {
        return new GradientMode(true);
    }

    /** Parameters may be changed in place. */
    static GradientMode off() {
        return new GradientMode(false);
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
    }
}
