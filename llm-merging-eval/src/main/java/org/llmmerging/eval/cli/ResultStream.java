package org.llmmerging.eval.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Standard output, which remembers that something could not be written: a {@code PrintStream} does not say. */
final class ResultStream extends FilterOutputStream {
    private boolean isIncomplete;

    ResultStream(OutputStream out) {
        super(out);
    }

    /** Whether something was lost, but for a reader that has seen enough, such as {@code head}. */
    boolean isIncomplete() {
        return isIncomplete;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException failure) {
            throw noted(failure);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException failure) {
            throw noted(failure);
        }
    }

    private IOException noted(IOException failure) {
        String reason = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        isIncomplete |= !reason.contains("pipe");
        return failure;
    }
}
