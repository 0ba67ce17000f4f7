package org.llmmerging.eval.train.dam;

/** Is notified of what training does, on its thread. */
public interface TrainingListener {

    /** A step is done. */
    void stepped(TrainingStep step);

    /** The time to keep a checkpoint: the trainer's state is whole. */
    default void checkpoint(DamTrainer trainer) {}
}
