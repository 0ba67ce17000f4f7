package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * One stored tensor, mapped and read-only.
 *
 * @param info name, type and shape
 * @param data exactly {@link TensorInfo#bytes()} bytes, little-endian, row-major; valid while the checkpoint is open
 * @param file where it is stored, for messages
 */
public record Tensor(TensorInfo info, MemorySegment data, Path file) {}
