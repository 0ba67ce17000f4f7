package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The Karcher mean of vectors known by their Gram matrix. Points on the sphere are held as coefficients of the unit
 * vectors. Vectors no longer than the tolerance have no direction, and count in the mean length only.
 */
final class SphericalMean {
    private final GramMatrix gram;
    private final double tolerance;
    private final int[] members;
    private final GramMatrix units;

    SphericalMean(GramMatrix gram, double tolerance) {
        this.gram = gram;
        this.tolerance = tolerance;
        this.members = IntStream.range(0, gram.size())
                .filter(i -> gram.norm(i) > tolerance)
                .toArray();
        double[] packed = new double[GramMatrix.entries(members.length)];
        int entry = 0;
        for (int i = 0; i < members.length; i++) {
            for (int j = 0; j <= i; j++) {
                packed[entry++] = i == j ? 1 : gram.cosine(members[i], members[j], 0);
            }
        }
        this.units = new GramMatrix(members.length, packed);
    }

    /** Coefficients of the vectors that give the mean; all zero when none has a direction. */
    double[] coefficients(int steps) {
        double[] coefficients = new double[gram.size()];
        if (members.length == 0) {
            return coefficients;
        }
        double[] mean = start();
        for (int step = 0; step < steps; step++) {
            double[] tangent = tangent(mean);
            double length = units.norm(tangent);
            if (length < tolerance || length == 0) {
                break;
            }
            for (int i = 0; i < mean.length; i++) {
                mean[i] = Math.cos(length) * mean[i] + Math.sin(length) / length * tangent[i];
            }
            scale(mean, 1 / units.norm(mean));
        }
        double length = IntStream.range(0, gram.size()).mapToDouble(gram::norm).sum() / gram.size();
        for (int i = 0; i < members.length; i++) {
            coefficients[members[i]] = length * mean[i] / gram.norm(members[i]);
        }
        return coefficients;
    }

    /** The mean of the unit vectors, or the first when they cancel out. */
    private double[] start() {
        double[] mean = new double[members.length];
        Arrays.fill(mean, 1.0 / members.length);
        double norm = units.norm(mean);
        if (norm < tolerance || norm == 0) {
            Arrays.fill(mean, 0);
            mean[0] = 1;
            return mean;
        }
        scale(mean, 1 / norm);
        return mean;
    }

    /** The mean of the logarithms of all unit vectors at a point. */
    private double[] tangent(double[] point) {
        double[] tangent = new double[members.length];
        for (int i = 0; i < members.length; i++) {
            double cosine = Math.clamp(units.dotWith(i, point), -1.0, 1.0);
            double angle = Math.acos(cosine);
            // No direction leads to the point itself, and none more than another to the one opposite.
            if (angle == 0 || angle < tolerance || Math.PI - angle < Math.max(tolerance, 1e-7)) {
                continue;
            }
            double factor = angle / Math.sin(angle) / members.length;
            tangent[i] += factor;
            for (int j = 0; j < members.length; j++) {
                tangent[j] -= factor * cosine * point[j];
            }
        }
        return tangent;
    }

    private static void scale(double[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }
}
