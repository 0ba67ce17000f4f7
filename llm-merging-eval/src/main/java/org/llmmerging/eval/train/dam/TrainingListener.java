package org.llmmerging.eval.train.dam;

/** Is notified of what training does, on its thread. */
public interface TrainingListener {

    /** A step is done. */
    void stepped(TrainingStep step);
}
