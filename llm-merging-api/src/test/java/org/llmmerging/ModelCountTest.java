package org.llmmerging;

import org.junit.jupiter.api.Test;
import org.llmmerging.ModelCount.Base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ModelCountTest {
    @Test
    void isSomeNumber() {
        assertEquals(2, ModelCount.exactly(2, Base.MEMBER).maximum());
        assertThrows(IllegalArgumentException.class, () -> new ModelCount(5, 2, Base.MEMBER));
        assertThrows(IllegalArgumentException.class, () -> ModelCount.atLeast(0, Base.REQUIRED));
    }
}
