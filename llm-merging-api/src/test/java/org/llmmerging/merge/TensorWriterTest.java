package org.llmmerging.merge;

import org.junit.jupiter.api.Test;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;

class TensorWriterTest {
    @Test
    void severalBlocksAreWrittenWithOneCallWhereTheyAreShort() {
        assertEquals(8 * 16384, TensorWriter.elementsPerWrite(16384, DType.F64));
        assertEquals(2 << 22, TensorWriter.elementsPerWrite(1 << 22, DType.F64));
    }

    @Test
    void theLongestRowIsWrittenByItselfAndFitsIntoABuffer() {
        assertEquals(1 << 27, TensorWriter.elementsPerWrite(1 << 27, DType.F64));
    }
}
