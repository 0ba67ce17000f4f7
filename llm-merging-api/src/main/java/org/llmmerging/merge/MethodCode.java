package org.llmmerging.merge;

import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergingException;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Runs what a method's author wrote, for one tensor. What it throws by mistake is reported as the method's fault; what
 * the kit throws around it is not.
 *
 * @param tensor the tensor's name
 */
record MethodCode(MergeMethod method, String tensor) {

    void check(Shape shape, int models, Parameters parameters) {
        run(() -> {
            method.check(shape, models, parameters);
            return true;
        });
    }

    boolean keepsEqualTensors(int models, Parameters parameters) {
        return run(() -> method.keepsEqualTensors(models, parameters));
    }

    boolean isCopy(Parameters parameters) {
        return run(() -> method.isCopy(parameters));
    }

    boolean cutsBase() {
        return run(method::cutsBase);
    }

    MergeMethod.MixedTypes mixedTypes() {
        return notNull("mixedTypes", method::mixedTypes);
    }

    DType outputType(DType arithmetic) {
        DType own = notNull("outputType", () -> method.outputType(arithmetic));
        return run(() -> {
            if (!own.isMergeable()) {
                throw new IllegalStateException(own.torchName() + " is no type that a merge can write");
            }
            return own;
        });
    }

    long keptBytes(Shape shape, int models, Parameters parameters) {
        return run(() -> method.keptBytes(shape, models, parameters));
    }

    long bytesPerThread(Shape shape, int models, Parameters parameters) {
        return run(() -> method.bytesPerThread(shape, models, parameters));
    }

    TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        return run(() -> {
            TensorKernel kernel = notNull("prepare", () -> method.prepare(inputs, parameters));
            return new Kernel(this, kernel, kernel.wholeRows());
        });
    }

    private record Kernel(MethodCode code, TensorKernel kernel, boolean wholeRows) implements TensorKernel {
        @Override
        public void apply(Block block) {
            code.run(() -> {
                kernel.apply(block);
                return true;
            });
        }
    }

    /** Methods are not compiled with our null checks. */
    private <T> T notNull(String step, Supplier<@Nullable T> written) {
        return run(() -> {
            T returned = written.get();
            if (returned == null) {
                throw new IllegalStateException("its " + step + " returned null");
            }
            return returned;
        });
    }

    private <T> T run(Supplier<T> written) {
        try {
            return written.get();
        } catch (MergingException expected) {
            throw expected;
        } catch (Exception | Error failure) {
            // Any exception: other languages of the JVM throw checked ones without declaring them.
            if (failure instanceof VirtualMachineError ofMachine && !(failure instanceof StackOverflowError)) {
                throw ofMachine; // such as exhausted memory, which is nobody's mistake
            }
            throw new MergeException("tensor " + tensor + ": method " + method.name() + jar() + " failed: " + failure
                    + ". Report this to the method's author; --verbose shows where", failure);
        }
    }

    /** Where a method comes from that is not built in. */
    private String jar() {
        CodeSource source = method.getClass().getProtectionDomain().getCodeSource();
        return source == null || method.getClass().getClassLoader() == MethodCode.class.getClassLoader()
                ? ""
                : " (" + Path.of(URI.create(source.getLocation().toString())) + ")";
    }
}
