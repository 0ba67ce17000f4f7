package org.llmmerging.eval.tokenizer.jinja;

/** A template that cannot be parsed or rendered. The message does not name the file. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param problem what is wrong */
    JinjaException(String problem) {
        super(problem);
    }
}
