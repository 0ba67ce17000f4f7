package org.llmmerging.plugin;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a plugin's code on a thread of its own, which is given up when it takes too long. */
final class TimeLimit {
    private final Duration limit;

    TimeLimit(Duration limit) {
        this.limit = limit;
    }

    /**
     * Waits for the result at most as long as the limit. After that the thread is interrupted and left to itself; as a
     * daemon it does not keep the process alive.
     *
     * @param loader the plugin's class loader, which is the thread's context class loader meanwhile
     * @throws UnusablePluginException when the time is up, or the waiting thread is interrupted
     * @throws ExecutionException around whatever the code threw
     */
    <T> T call(ClassLoader loader, Callable<T> code) throws ExecutionException {
        FutureTask<T> task = new FutureTask<>(code);
        Thread thread = new Thread(task, "load " + loader.getName());
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            String place = where(thread, loader);
            task.cancel(true);
            throw new UnusablePluginException("it took longer than " + limit.toMillis() / 1000.0 + " s" + place
                    + ". Constructors and descriptions must do no work.");
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new UnusablePluginException("loading it was interrupted.", e);
        }
    }

    /** The innermost line of the plugin that the thread is at. */
    private static String where(Thread thread, ClassLoader loader) {
        return Arrays.stream(thread.getStackTrace())
                .filter(frame -> String.valueOf(loader.getName()).equals(frame.getClassLoaderName()))
                .findFirst()
                .map(frame -> "; it was at " + frame.getClassName() + "." + frame.getMethodName() + " ("
                        + frame.getFileName() + ":" + frame.getLineNumber() + ")")
                .orElse("");
    }
}
