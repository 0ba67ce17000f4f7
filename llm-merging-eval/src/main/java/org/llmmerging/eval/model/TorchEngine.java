package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Locale;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.tokenizer.NativeLibrary;

/**
 * Starts DJL's PyTorch engine: without network access, and with as many threads as the machine has cores, or one where
 * {@link #chooseThreads} is called for a small model, unless {@code ai.djl.pytorch.num_threads} says otherwise.
 */
public final class TorchEngine {
    private static final String NAME = "PyTorch";
    private static final String THREADS_PROPERTY = "ai.djl.pytorch.num_threads";

    /**
     * Up to so many weights an operation takes less time than threads need to meet; on a machine that is busy with
     * other things, waiting for each other makes them slower by an order of magnitude.
     */
    private static final long SMALL_MODEL = 20_000_000;

    private TorchEngine() {}

    /**
     * A new scope for arrays; closing it closes all that belongs to it.
     *
     * @throws ConfigException when the native library cannot be loaded
     */
    public static NDManager newManager(Device device) {
        engine();
        return NDManager.newBaseManager(device, NAME);
    }

    /**
     * Lets the engine work with the threads that suit a model's size, unless the user has chosen. They are the whole
     * process's, for every model that is open: the last call counts.
     *
     * @param parameters number of weights of the model
     * @throws ConfigException when the native library cannot be loaded
     */
    public static void chooseThreads(long parameters) {
        engine();
        if (System.getProperty(THREADS_PROPERTY) == null) {
            JniUtils.setNumThreads(parameters < SMALL_MODEL ? 1 : cores());
        }
    }

    /**
     * The device that {@code name} means.
     *
     * @param name {@code cpu}, {@code cuda} or {@code cuda:1}
     * @throws ConfigException when the name is neither, or there is no such accelerator
     */
    public static Device device(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("cpu")) {
            return Device.cpu();
        }
        if (!lower.matches("cuda(:\\d{1,3})?")) {
            throw new ConfigException("--device: '" + name + "' is not known. Use cpu or cuda");
        }
        int index = lower.equals("cuda") ? 0 : Integer.parseInt(lower.substring("cuda:".length()));
        if (index >= engine().getGpuCount()) {
            throw new ConfigException("--device " + name + ": " + engine().getGpuCount() + " accelerators found."
                    + " Use cpu, or install the CUDA natives as environment.md describes");
        }
        return Device.gpu(index);
    }

    private static Engine engine() {
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        setDefault("ai.djl.pytorch.graph_optimizer", "false");
        try {
            return Engine.getEngine(NAME);
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw NativeLibrary.unusable("PyTorch", e);
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
