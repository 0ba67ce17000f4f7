package org.llmmerging;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** The version of this kit, which the build takes from {@code pom.xml}. */
public final class KitVersion {
    private static final String RESOURCE = "version.properties";
    private static final String CURRENT = read();

    private KitVersion() {}

    /** Three numbers, as in {@code 1.0.0}. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try (InputStream in = Objects.requireNonNull(KitVersion.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            Properties properties = new Properties();
            properties.load(in);
            return Objects.requireNonNull(properties.getProperty("version"), RESOURCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
