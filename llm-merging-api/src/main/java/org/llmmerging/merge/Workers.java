package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** The threads of one merge. A task that fails stops the others and its failure is thrown to the caller. */
final class Workers implements AutoCloseable {
    private final int threads;
    private final ExecutorService pool;

    Workers(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("merge-", 0).daemon().factory());
    }

    int threads() {
        return threads;
    }

    /** What one thread does with one numbered task and the working memory it was given. */
    @FunctionalInterface
    interface Task<S> {
        void run(S memory, long index);
    }

    /**
     * Runs tasks 0 to {@code count − 1}, each once, in any order.
     *
     * @param memory makes the working memory of one thread, from the thread's number, which is below
     *     {@link #threads()} and no other running thread's
     * @return the working memories that were used
     * @throws MergeException when the thread is interrupted, which ends the others after the task that they are at
     */
    <S> List<S> run(long count, IntFunction<S> memory, Task<S> task) {
        if (count <= 1 || threads == 1) {
            S own = memory.apply(0);
            for (long i = 0; i < count; i++) {
                task.run(own, i);
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted();
                }
            }
            return List.of(own);
        }
        AtomicLong next = new AtomicLong();
        List<Future<S>> running = new ArrayList<>();
        for (int thread = 0; thread < Math.min(threads, count); thread++) {
            int number = thread;
            running.add(pool.submit(() -> work(next, count, memory.apply(number), task)));
        }
        return awaitAll(running, next);
    }

    private static <S> S work(AtomicLong next, long count, S memory, Task<S> task) {
        try {
            for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                task.run(memory, i);
            }
        } catch (Throwable failure) {
            stop(next);
            throw failure;
        }
        return memory;
    }

    /** No thread takes another task. */
    private static void stop(AtomicLong next) {
        next.set(Long.MAX_VALUE / 2);
    }

    /** Waits for every thread, also after a failure, so that none still reads what the caller is about to close. */
    private static <S> List<S> awaitAll(List<Future<S>> running, AtomicLong next) {
        List<S> memories = new ArrayList<>();
        Throwable failure = null;
        boolean interrupted = false;
        for (Future<S> future : running) {
            try {
                interrupted |= waitFor(future, next);
                memories.add(future.resultNow());
            } catch (ExecutionException failed) {
                failure = failure == null ? failed.getCause() : failure;
            }
        }
        if (interrupted || Thread.currentThread().isInterrupted()) {
            Thread.currentThread().interrupt();
            failure = failure == null ? interrupted() : failure;
        }
        switch (failure) {
            case null -> {
                return memories;
            }
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            default -> throw new IllegalStateException(failure);
        }
    }

    private static MergeException interrupted() {
        return new MergeException("interrupted while merging");
    }

    /**
     * Waits for one thread. An interrupt makes all threads end after the task that they are at.
     *
     * @return whether the waiting thread was interrupted
     */
    private static boolean waitFor(Future<?> future, AtomicLong next) throws ExecutionException {
        boolean interrupted = false;
        while (true) {
            try {
                future.get();
                return interrupted;
            } catch (InterruptedException stopped) {
                interrupted = true;
                stop(next);
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
