package org.llmmerging.merge;

import java.nio.file.Path;

/**
 * Where a layer of the output comes from; of several models that are merged into it, the first.
 *
 * @param folder of the model
 * @param layer its index there, from 0
 */
record LayerOrigin(Path folder, int layer) {}
