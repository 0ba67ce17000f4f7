package org.llmmerging.tensor;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;

/** The machine's preferred vector for 32-bit lanes, and half of it for as many 16-bit lanes. */
final class VectorShapes {
    static final VectorShape WIDE = IntVector.SPECIES_PREFERRED.vectorShape();
    static final VectorShape NARROW = VectorShape.forBitSize(WIDE.vectorBitSize() / 2);

    private VectorShapes() {}
}
