package org.llmmerging.eval;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KitMergesTest {
    @Test
    void anArchitectureHasTheSoupAndWhatIsLearnedToo() {
        assertEquals(
                List.of("avg_phi", "slerp_phi", "ta_phi", "ties_phi", "dare_phi", "dare_ties_phi", "ms_phi",
                        "geometric_median_phi", "soup_greedy_phi", "dam_phi"),
                names("phi"));
    }

    @Test
    void theAverageHasFurtherNames() {
        assertTrue(names("phi", "phi_average").contains("phi_average"));
    }

    private static List<String> names(String architecture, String... averages) {
        return KitMerges.forArchitecture(architecture, averages).stream().map(each -> each.description().name())
                .toList();
    }
}
