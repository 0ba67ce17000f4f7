package org.llmmerging.eval.train.dam.data;

/** Is notified how far the making of a combined data set is, on the thread that makes it. */
public interface DamDataListener {
    /** Something the user should know. */
    void note(String note);

    /**
     * A data set has too few rows, so that the combined set has no more.
     *
     * @param dataset as the user wrote it
     * @param asked how many were asked for
     */
    void shortage(String dataset, int rows, int asked);

    /**
     * A piece of work begins; the one before has ended.
     *
     * @param what such as {@code logits of models/a}
     * @param rows how many rows it has
     */
    void begin(String what, int rows);

    /** So many more of its rows are done. */
    void advance(int rows);

    /** It has ended. */
    void end();
}
