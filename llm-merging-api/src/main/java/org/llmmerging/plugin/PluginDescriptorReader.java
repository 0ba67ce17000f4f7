package org.llmmerging.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDescriptor;

/**
 * Reads what a jar's manifest says of the plugin, after looking over the jar as far as loading will read it. Nothing is
 * ever unpacked, and no entry is read without a limit, so a zip bomb costs nothing.
 */
final class PluginDescriptorReader extends ManifestPluginDescriptorFinder {
    private static final String SERVICES = "META-INF/services/org.llmmerging.";
    private static final int TEXT_LIMIT = 1 << 20;

    /** @throws UnusablePluginException when the jar is none, or is no plugin */
    @Override
    public PluginDescriptor find(Path jar) {
        PluginDescriptor descriptor = super.find(jar);
        require(descriptor.getPluginId(), PLUGIN_ID);
        require(descriptor.getVersion(), PLUGIN_VERSION);
        return descriptor;
    }

    @SuppressWarnings("NullAway") // pf4j gives null for a missing attribute
    private static void require(String value, String attribute) {
        if (value == null || value.isBlank()) {
            throw new UnusablePluginException("META-INF/MANIFEST.MF has no " + attribute
                    + ", so this is no plugin. Add the attribute, or take the jar out of the folder.");
        }
    }

    @Override
    protected Manifest readManifest(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new UnusablePluginException("this is not a file. Take it out of the folder.");
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                check(zip, entries.nextElement());
            }
            ZipEntry manifest = zip.getEntry(JarFile.MANIFEST_NAME);
            if (manifest == null) {
                throw new UnusablePluginException("there is no META-INF/MANIFEST.MF in it, so this is no plugin."
                        + " Build it with the Plugin-Id and Plugin-Version attributes in its manifest.");
            }
            return new Manifest(new ByteArrayInputStream(readText(zip, manifest)));
        } catch (IOException e) {
            throw new UnusablePluginException(
                    "this is not a readable jar (" + e.getMessage() + "). Build or download it again.", e);
        }
    }

    private static void check(ZipFile zip, ZipEntry entry) throws IOException {
        String name = entry.getName();
        if (name.startsWith("/") || name.indexOf('\\') >= 0 || ("/" + name + "/").contains("/../")) {
            throw new UnusablePluginException("its entry \"" + name + "\" points out of the jar."
                    + " Do not trust this jar; get it from its author again.");
        }
        if (name.startsWith(SERVICES)) {
            readText(zip, entry);
        }
    }

    private static byte[] readText(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] text = in.readNBytes(TEXT_LIMIT + 1);
            if (text.length > TEXT_LIMIT) {
                throw new UnusablePluginException("its entry \"" + entry.getName()
                        + "\" is larger than 1 MiB. Do not trust this jar; get it from its author again.");
            }
            return text;
        }
    }
}
