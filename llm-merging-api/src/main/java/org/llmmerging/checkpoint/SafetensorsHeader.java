package org.llmmerging.checkpoint;

import java.util.Map;
import java.util.SortedMap;

/**
 * The validated header of a safetensors file.
 *
 * @param tensors every tensor by name
 * @param begins where each tensor's data starts, in bytes from the end of the header
 */
record SafetensorsHeader(SortedMap<String, TensorInfo> tensors, Map<String, Long> begins) {}
