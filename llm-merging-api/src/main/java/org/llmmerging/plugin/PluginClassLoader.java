package org.llmmerging.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one plugin. It sees, in this order,
 *
 * <ol>
 *   <li>of the kit the {@link VisiblePackages};
 *   <li>the JDK;
 *   <li>the plugin's own jar;
 *   <li>the jars of the plugins that its manifest says it depends on.
 * </ol>
 *
 * <p>The first comes first so that a plugin which carries a copy of the API still implements the kit's. Everything else
 * on the kit's class path is hidden, so a plugin brings its own version of Jackson or of anything else. The kit's
 * resources are hidden altogether.
 *
 * <p>Thread-safe. Closing it closes the jar; classes that have not been loaded by then cannot be any more.
 */
final class PluginClassLoader extends ClassLoader implements Closeable {
    private static final int CLASS_LIMIT = 16 << 20;
    private static final int MAJOR_OF_JAVA_1 = 44;

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader host;
    private final JarFile jar;
    private final URI location;
    private final ProtectionDomain domain;
    private volatile List<PluginClassLoader> dependencies = List.of();

    PluginClassLoader(String pluginId, Path file, ClassLoader host) throws IOException {
        super("plugin " + pluginId, ClassLoader.getPlatformClassLoader());
        this.host = host;
        this.location = file.toUri();
        this.domain = new ProtectionDomain(
                new CodeSource(location.toURL(), (Certificate[]) null), null, this, null);
        this.jar = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
    }

    /** Makes the classes in those plugins' own jars visible. */
    void dependOn(List<PluginClassLoader> loaders) {
        dependencies = List.copyOf(loaders);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && VisiblePackages.contain(name)) {
                loaded = tryLoad(host, name);
            }
            if (loaded == null) {
                loaded = tryLoad(getPlatformClassLoader(), name);
            }
            if (loaded == null) {
                loaded = loadOwn(name);
            }
            for (PluginClassLoader dependency : dependencies) {
                if (loaded == null) {
                    loaded = dependency.loadOwn(name);
                }
            }
            if (loaded == null) {
                throw new ClassNotFoundException(name);
            }
            return loaded;
        }
    }

    private static @Nullable Class<?> tryLoad(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /** A class of this jar, or null. */
    private @Nullable Class<?> loadOwn(String name) {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
            return entry == null ? null : define(name, entry);
        }
    }

    private Class<?> define(String name, JarEntry entry) {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readNBytes(CLASS_LIMIT + 1);
        } catch (IOException e) {
            // Not a ClassNotFoundException: ServiceLoader would say that the class is not there, and not why.
            throw new UnusablePluginException("its class " + name + " cannot be read (" + e.getMessage()
                    + "). Build or download the jar again.", e);
        }
        if (bytes.length > CLASS_LIMIT) {
            throw new ClassFormatError(name + " is larger than 16 MiB");
        }
        checkVersion(name, bytes);
        byte[] guarded = ExitGuard.guard(bytes, this);
        return defineClass(name, guarded, 0, guarded.length, domain);
    }

    private static void checkVersion(String name, byte[] bytes) {
        if (bytes.length < 8) {
            return; // the virtual machine says it better
        }
        int java = (((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)) - MAJOR_OF_JAVA_1;
        int here = Runtime.version().feature();
        if (java > here) {
            throw new UnsupportedClassVersionError("class " + name + " is built for Java " + java
                    + ", and this is Java " + here + ". Build the plugin with --release " + here
                    + ", or run the kit on Java " + java);
        }
    }

    @Override
    protected @Nullable URL findResource(String name) {
        if (jar.getJarEntry(name) == null) {
            return null;
        }
        try {
            String path = new URI(null, null, "/" + name, null).getRawPath();
            return URI.create("jar:" + location + "!" + path).toURL();
        } catch (URISyntaxException | MalformedURLException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return found == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(found));
    }

    /** Reads from the open jar: a URL's stream would come from a cache that outlives this loader. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        JarEntry entry = jar.getJarEntry(name);
        try {
            return entry == null ? getPlatformClassLoader().getResourceAsStream(name) : jar.getInputStream(entry);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        jar.close();
    }
}
