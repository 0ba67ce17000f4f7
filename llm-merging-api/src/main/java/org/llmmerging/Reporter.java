package org.llmmerging;

/** Reports to the user. */
public interface Reporter {

    /** Reports what happens. Nothing is shown when the user wants quiet. */
    void say(String line);

    /**
     * Reports what the user should know of the result: a setting of it without effect, rows that are left out, a folder
     * that could not be deleted. Always shown.
     *
     * @param note begins in lower case, or with a name, and has no full stop
     */
    void note(String note);
}
