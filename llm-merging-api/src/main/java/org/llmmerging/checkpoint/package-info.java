/**
 * Checkpoints on disk: safetensors files, sharded or not, LoRA adapters, and output that appears whole or not at all.
 */
@NullMarked
package org.llmmerging.checkpoint;

import org.jspecify.annotations.NullMarked;
