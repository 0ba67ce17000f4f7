package org.llmmerging.merge;

import java.io.IOError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.WholeTensorMethod;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What goes wrong in a method is reported as its author's fault, and nothing else is. */
class MethodCodeTest {
    /** More than one chunk, so that several threads have something to do. */
    private static final long ELEMENTS = 3L * StreamedInputs.CHUNK_ELEMENTS;

    @TempDir
    private Path folder;

    /** A method that copies its first model. */
    private abstract static class PlainMethod implements MergeMethod {
        @Override
        public String name() {
            return "blend";
        }

        @Override
        public String summary() {
            return "for a test";
        }

        @Override
        public List<ParameterSpec> parameters() {
            return List.of();
        }

        @Override
        public ModelCount models() {
            return ModelCount.atLeast(1, ModelCount.Base.MEMBER);
        }

        @Override
        public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
            return block -> System.arraycopy(block.model(0), 0, block.output(), 0, block.length());
        }
    }

    /** A method that prepares as a test says. */
    private static final class Blend extends PlainMethod {
        private final Function<TensorInputs, TensorKernel> preparation;

        Blend(Function<TensorInputs, TensorKernel> preparation) {
            this.preparation = preparation;
        }

        @Override
        public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
            return preparation.apply(inputs);
        }
    }

    /** A method that writes a type of its own. */
    private static final class Typed extends PlainMethod {
        private final @Nullable DType written;

        Typed(@Nullable DType written) {
            this.written = written;
        }

        @Override
        @SuppressWarnings("NullAway") // as a plugin may that is not compiled with the checks
        public DType outputType(DType arithmetic) {
            return written;
        }
    }

    private static final class First extends WholeTensorMethod {
        @Override
        public String name() {
            return "first";
        }

        @Override
        public String summary() {
            return "for a test";
        }

        @Override
        public List<ParameterSpec> parameters() {
            return List.of();
        }

        @Override
        public ModelCount models() {
            return ModelCount.atLeast(1, ModelCount.Base.MEMBER);
        }

        @Override
        protected float[] merge(String name, Shape shape, float[] base, float[][] models, Parameters parameters) {
            return models[0];
        }
    }

    private void run(MergeMethod method) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), "merge_method: x\nmodels: [{model: a}, {model: b}]\n");
        MergeConfig config = MergeConfig.read(file).getFirst();
        MergeOptions options = MergeOptions.defaults(1).withThreads(2);
        try (ModelStore store = MergeRun.store(folder)) {
            MergePlan plan = new MergePlanner(store, _ -> method).plan(config, options);
            Path out = Files.createDirectory(folder.resolve("out"));
            new MergeExecutor(options, MergeListener.Progress.NONE).writeWeights(plan, out);
        }
    }

    private void model(String name) {
        new TinyModel(folder.resolve(name)).random("w", ELEMENTS).write();
    }

    private String failure(Function<TensorInputs, TensorKernel> preparation) {
        model("a");
        model("b");
        return assertThrows(MergeException.class, () -> run(new Blend(preparation))).getMessage();
    }

    @Test
    void mistakesOfTheMethodAreItsAuthors() {
        String told = "tensor w: method blend failed: java.lang.IllegalStateException: no luck. Report this to the"
                + " method's author; --verbose shows where";
        assertEquals(told, failure(_ -> {
            throw new IllegalStateException("no luck");
        }));
    }

    /** As other languages of the JVM throw it. */
    @Test
    void aCheckedExceptionIsNoFailureToWrite() {
        String message = failure(_ -> throwUnchecked(new IOException("no luck")));
        assertTrue(message.startsWith("tensor w: method blend failed: java.io.IOException: no luck. Report"), message);
    }

    @Test
    void anErrorIsItsAuthorsUnlessMemoryIsUsedUp() {
        String message = failure(_ -> {
            throw new IOError(new IOException("no luck"));
        });
        assertTrue(message.startsWith("tensor w: method blend failed: java.io.IOError: "), message);
        MethodCode full = new MethodCode(new PlainMethod() {
            @Override
            public boolean cutsBase() {
                throw new OutOfMemoryError("full");
            }
        }, "w");
        assertThrows(OutOfMemoryError.class, full::cutsBase);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> TensorKernel throwUnchecked(Exception checked) throws E {
        throw (E) checked;
    }

    @Test
    void mistakesOfItsKernelAreItsAuthors() {
        String message = failure(_ -> block -> block.output()[block.length()] = block.model(7)[0]);
        assertTrue(message.startsWith("tensor w: method blend failed: java.lang."), message);
    }

    @Test
    void mistakesInAPassOverTheInputsAreItsAuthors() {
        String message = failure(inputs -> {
            inputs.sum(1, (chunk, sums) -> sums[1] = chunk.length());
            return block -> {};
        });
        assertTrue(message.contains("ArrayIndexOutOfBoundsException"), message);
        assertTrue(message.contains("Report this to the method's author"), message);
    }

    @Test
    void withoutAKernelItIsItsAuthors() {
        assertTrue(failure(_ -> null).contains("its prepare returned null. Report this to the method's author"));
    }

    @Test
    void aTypeThatCannotBeWrittenIsItsAuthorsBeforeAnythingIs() {
        model("a");
        model("b");
        assertTypeRefused(DType.I64, "int64 is no type that a merge can write");
        assertTypeRefused(null, "its outputType returned null");
    }

    private void assertTypeRefused(@Nullable DType type, String reason) {
        MergeException refused = assertThrows(MergeException.class, () -> run(new Typed(type)));
        assertEquals("tensor w: method blend failed: java.lang.IllegalStateException: " + reason
                + ". Report this to the method's author; --verbose shows where", refused.getMessage());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void whatTheKitThrowsIsNot() {
        model("a");
        model("b");
        CheckpointException damaged = new CheckpointException(folder, "is damaged");
        Blend method = new Blend(_ -> {
            throw damaged;
        });
        assertEquals(damaged, assertThrows(CheckpointException.class, () -> run(method)));
    }

    @Test
    void anInterruptIsNot() {
        assertEquals("interrupted while merging", failure(inputs -> {
            Thread.currentThread().interrupt();
            inputs.count(1, (chunk, counts) -> counts[0] += chunk.length());
            return block -> {};
        }));
        assertTrue(Thread.interrupted(), "the caller is told of it, too");
    }

    @Test
    void aTensorThatNoArrayHoldsIsRefusedWhenTheMergeIsPlanned() throws IOException {
        sparseModel("a", WholeTensorMethod.MOST_ELEMENTS + 1);
        sparseModel("b", WholeTensorMethod.MOST_ELEMENTS + 1);
        ConfigException refusal = assertThrows(ConfigException.class, () -> run(new First()));
        assertEquals(
                folder.resolve("c.yml") + ":2:9: tensor w has 2147483640 elements, and first, which works on whole"
                        + " tensors, takes at most 2147483639; likewise w2. Use a method that streams its tensors",
                String.valueOf(refusal.getMessage()).strip());
    }

    /** Two tensors of float16 of which nothing is on the disk. */
    private void sparseModel(String name, long elements) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Files.writeString(model.resolve("config.json"), "{}");
        String tensor = "\"%s\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[%d,%d]}";
        long bytes = 2 * elements;
        String tensors = String.join(",",
                tensor.formatted("w", elements, 0, bytes), tensor.formatted("w2", elements, bytes, 2 * bytes));
        byte[] header = ("{" + tensors + "}").getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file = new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(header.length));
            file.write(header);
            file.setLength(8 + header.length + 2 * bytes);
        }
    }
}
