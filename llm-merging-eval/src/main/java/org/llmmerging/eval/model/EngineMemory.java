package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Reports memory that does not suffice, which the engine has no exception of its own for. */
public final class EngineMemory {
    private static final Pattern OUT_OF_MEMORY = Pattern.compile("(out of|enough|allocate) memory");

    private static final double GIGABYTE = 1e9;

    private EngineMemory() {}

    /**
     * Does work that takes as much memory as the user's data and options ask for.
     *
     * @param folder the model's, for the message
     * @param purpose what the memory is for, and the remedy, as in {@code rows of 9 tokens. Lower --max_length}
     * @throws ModelRunException when memory does not suffice, of the engine or of Java
     */
    public static <T> T call(Path folder, String purpose, Supplier<T> work) {
        try {
            return work.get();
        } catch (EngineException e) {
            String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            throw OUT_OF_MEMORY.matcher(message).find() ? failure(folder, purpose, e) : e;
        } catch (OutOfMemoryError e) {
            throw failure(folder, purpose, e);
        }
    }

    /**
     * Refuses weights that cannot fit. Linux gives memory that it does not have, and ends the process without a word
     * when the memory is written to; other systems make room, or refuse.
     *
     * @param folder of the model, or of the first of several
     * @param models how many models the weights are of
     * @param bytes what the weights take on the processor, besides files that are mapped
     * @throws ModelRunException when the machine, or the container, has less memory, swap included
     */
    static void checkWeights(Path folder, int models, long bytes) {
        if (System.getProperty("os.name").equals("Linux")
                && ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            checkWeights(folder, models, bytes, system.getTotalMemorySize() + system.getTotalSwapSpaceSize());
        }
    }

    static void checkWeights(Path folder, int models, long bytes, long memory) {
        if (bytes > memory) {
            throw new ModelRunException(
                    folder,
                    String.format(
                            Locale.ROOT,
                            "memory does not suffice for the weights%s: as float32, which the processor computes in, they"
                                    + " take %.1f GB, and there are %.1f GB. %s",
                            models == 1 ? "" : " of " + models + " models, this one the first",
                            bytes / GIGABYTE, memory / GIGABYTE, elsewhere(Device.cpu())));
        }
    }

    /** A remedy for weights that do not fit, which nothing but another place for them helps. */
    public static String elsewhere(Device device) {
        return device.isGpu()
                ? "Take a device with more memory, such as --device cpu"
                : "Take a machine with more memory, or a smaller model";
    }

    /** As {@link #call}, of work that returns nothing. */
    public static void run(Path folder, String purpose, Runnable work) {
        call(folder, purpose, () -> {
            work.run();
            return folder;
        });
    }

    private static ModelRunException failure(Path folder, String purpose, Throwable cause) {
        return new ModelRunException(folder, "memory does not suffice for " + purpose, cause);
    }
}
