package org.llmmerging.eval.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.llmmerging.Reporter;
import org.llmmerging.config.Quoting;
import org.llmmerging.merge.MergeListener;

/**
 * What a command says while it works, on standard error: a progress bar on a terminal, plain lines elsewhere, nothing
 * when it is to be quiet. Thread-safe.
 */
final class Messages implements Reporter {
    /** Set by the launcher when standard error is a terminal. */
    private static final String TERMINAL_PROPERTY = "llm.merging.terminal";

    private static final int BAR_WIDTH = 30;
    private static final long TERMINAL_INTERVAL_NANOS = 100_000_000L;
    private static final long PLAIN_INTERVAL_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final boolean quiet;
    private final boolean terminal;
    private boolean barShown;

    Messages(PrintStream out, boolean quiet, boolean terminal) {
        this.out = out;
        this.quiet = quiet;
        this.terminal = terminal;
    }

    static Messages toStandardError(boolean quiet) {
        return new Messages(System.err, quiet, Boolean.getBoolean(TERMINAL_PROPERTY));
    }

    @Override
    public synchronized void say(String line) {
        if (!quiet) {
            print(line);
        }
    }

    @Override
    public synchronized void note(String note) {
        print("note: " + note);
    }

    /** A line about what is wrong, quiet or not. */
    synchronized void warn(String line) {
        print(line);
    }

    private void print(String line) {
        clearBar();
        out.println(Quoting.onItsLines(line));
    }

    /** Where a failure comes from, quiet or not. */
    synchronized void trace(Throwable failure) {
        print(traceOf(failure));
    }

    /** The stack trace. */
    static String traceOf(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    /** Begins something that takes time. */
    Progress start(String what, long total, Unit unit) {
        return new Progress(what, total, unit);
    }

    private void clearBar() {
        if (barShown) {
            out.print("\r\u001b[K");
            barShown = false;
        }
    }

    /** What progress is counted in. */
    enum Unit {
        BYTES,
        EXAMPLES,
        STEPS;

        /** What it is called in the plural; bytes have a unit instead. */
        private String noun() {
            return this == BYTES ? "" : " " + name().toLowerCase(Locale.ROOT);
        }

        String format(double amount) {
            if (this != BYTES) {
                return String.format(Locale.ROOT, amount < 10 ? "%.1f" : "%.0f", amount);
            }
            double scaled = amount;
            for (String suffix : new String[] {"B", "kB", "MB", "GB"}) {
                if (scaled < 1000) {
                    return String.format(Locale.ROOT, scaled < 10 ? "%.1f %s" : "%.0f %s", scaled, suffix);
                }
                scaled /= 1000;
            }
            return String.format(Locale.ROOT, "%.1f TB", scaled);
        }
    }

    /** The progress of one piece of work, with its rate and the time that is left. */
    final class Progress implements MergeListener.Progress {
        private final String what;
        private final long total;
        private final Unit unit;
        private final long began = System.nanoTime();
        private long shownAt = began;
        private long done;
        private String note = "";

        private Progress(String what, long total, Unit unit) {
            this.what = what;
            this.total = total;
            this.unit = unit;
        }

        @Override
        public void advanced(long more) {
            synchronized (Messages.this) {
                done += more;
                long now = System.nanoTime();
                long interval = terminal ? TERMINAL_INTERVAL_NANOS : PLAIN_INTERVAL_NANOS;
                if (!quiet && now - shownAt >= interval && done < total) {
                    shownAt = now;
                    show(now);
                }
            }
        }

        /** Shows a figure beside the progress from now on. */
        void note(String figure) {
            synchronized (Messages.this) {
                note = "  " + figure;
            }
        }

        /** Says how long it all took. */
        @Override
        public void finished() {
            double seconds = (System.nanoTime() - began) / 1e9;
            String amount = unit == Unit.BYTES ? unit.format(total) : total + unit.noun();
            say(String.format(Locale.ROOT, "%s: %s in %.2f s", what, amount, seconds));
        }

        private void show(long now) {
            double seconds = (now - began) / 1e9;
            double rate = done / seconds;
            long left = Math.round((total - done) / Math.max(rate, 1e-9));
            int percent = (int) (100 * done / Math.max(1, total));
            String perSecond = unit.format(rate) + unit.noun() + "/s";
            String figures = String.format(
                    Locale.ROOT, "%3d %%  %s  %d:%02d left%s", percent, perSecond, left / 60, left % 60, note);
            if (terminal) {
                int filled = BAR_WIDTH * percent / 100;
                out.print("\r\u001b[K" + what + " [" + "#".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "] "
                        + figures);
                out.flush();
                barShown = true;
            } else {
                out.println(what + ": " + figures.strip());
            }
        }
    }
}
