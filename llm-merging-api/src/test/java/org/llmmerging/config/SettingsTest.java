package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.config.Setting.Case;
import org.llmmerging.config.Setting.Constant;
import org.llmmerging.config.Setting.Filtered;
import org.llmmerging.config.Setting.Flag;
import org.llmmerging.config.Setting.Gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SettingsTest {
    private static final Position HERE = Position.of(Path.of("c.yml"));
    private static final String MLP = "model.layers.2.mlp.up_proj.weight";
    private static final String QUERY = "model.layers.2.self_attn.q_proj.weight";
    private static final String NORM = "model.norm.weight";

    @ParameterizedTest
    @CsvSource({"0, 0", "0.25, 0.5", "0.5, 0.3", "0.75, 0.7", "1, 1", "0.125, 0.25", "0.375, 0.4", "0.875, 0.85"})
    void aGradientIsLinearBetweenItsPoints(double depth, double expected) {
        Gradient gradient = new Gradient(List.of(0.0, 0.5, 0.3, 0.7, 1.0), HERE);

        assertEquals(expected, gradient.at(depth), 1e-15);
    }

    @Test
    void aGradientOfOnePointIsTheSameEverywhere() {
        Gradient gradient = new Gradient(List.of(0.7), HERE);

        for (double depth : new double[] {0, 0.3, 1}) {
            assertEquals(0.7, gradient.at(depth));
        }
    }

    @Test
    void aGradientStaysBetweenItsNeighbours() {
        long seed = 20_240_917;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<Double> points = random.doubles(1 + random.nextInt(7), -3, 3).boxed().toList();
            double depth = random.nextDouble();
            double value = new Gradient(points, HERE).at(depth);
            int before = (int) Math.floor(depth * (points.size() - 1));
            int after = Math.min(before + 1, points.size() - 1);
            double low = Math.min(points.get(before), points.get(after));
            double high = Math.max(points.get(before), points.get(after));
            String what = "seed " + seed + ": " + points + " at " + depth + " gives " + value;
            assertEquals(Math.clamp(value, low, high), value, 1e-12, what);
        }
    }

    @Test
    void aDepthOutsideTheModelIsTheCallersMistake() {
        Gradient gradient = new Gradient(List.of(0.0, 1.0), HERE);

        assertThrows(IllegalArgumentException.class, () -> gradient.at(1.01));
        assertThrows(IllegalArgumentException.class, () -> gradient.at(-0.01));
        assertThrows(IllegalArgumentException.class, () -> gradient.at(Double.NaN));
    }

    @Test
    void theFirstMatchingFilterDecides() {
        Filtered filtered = new Filtered(
                List.of(
                        new Case("mlp", new Gradient(List.of(1.0, 0.0), HERE), HERE),
                        new Case("layers.2", new Constant(0.2, HERE), HERE),
                        new Case("mlp", new Constant(9, HERE), HERE)),
                HERE);

        assertEquals(0.75, filtered.forTensor(MLP).orElseThrow().at(0.25));
        assertEquals(0.2, filtered.forTensor(QUERY).orElseThrow().at(0.25));
        assertEquals(Optional.empty(), filtered.forTensor(NORM));
    }

    @Test
    void aStarAndNoFilterMatchEverything() {
        Constant value = new Constant(0.5, HERE);

        assertEquals(Optional.of(value), new Filtered(List.of(new Case("*", value, HERE)), HERE).forTensor(NORM));
        assertEquals(Optional.of(value), new Filtered(List.of(new Case(null, value, HERE)), HERE).forTensor(NORM));
    }

    @Test
    void aFilterIsTextAndNoPattern() {
        Case filter = new Case("q.proj", new Constant(0.5, HERE), HERE);

        assertEquals(false, filter.matches(QUERY));
        assertEquals(true, filter.matches("q.proj"));
    }

    @Test
    void aSwitchIsOneOrZero() {
        assertEquals(1, new Flag(true, HERE).at(0));
        assertEquals(0, new Flag(false, HERE).at(0));
    }

    @Test
    void addingASettingChangesACopy() {
        Settings original = Settings.none().with("weight", 1, HERE);
        Settings changed = original.with("weight", 2, HERE);

        assertEquals(new Constant(1, HERE), original.byName().get("weight"));
        assertEquals(new Constant(2, HERE), changed.byName().get("weight"));
    }
}
