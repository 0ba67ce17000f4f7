import java.lang.management.ManagementFactory;

/**
 * Elapsed time, or with {@code -Dclock=cpu} the processor time of the calling thread, which other work on the machine
 * disturbs less and which is all the time there is when the engine has one thread.
 */
final class Clock {
    private static final boolean CPU = "cpu".equals(System.getProperty("clock"));

    private Clock() {
    }

    static long nanoseconds() {
        return CPU ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : System.nanoTime();
    }
}
