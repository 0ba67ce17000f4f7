package org.llmmerging.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.pf4j.Plugin;
import org.slf4j.Logger;

/**
 * Builds a plugin jar from source strings, compiled against the kit as a participant's would be.
 *
 * {@snippet :
 * PluginJarBuilder.plugin("com.example.halve")
 *         .source("com.example.Halve", "package com.example; ...")
 *         .service(MergeMethod.class, "com.example.Halve")
 *         .build(folder.resolve("halve.jar"));
 * }
 */
public final class PluginJarBuilder {
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> services = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<Path> libraries = new ArrayList<>();
    private int majorVersion;

    private PluginJarBuilder() {}

    /** A plugin of that id, version 1.0.0. */
    public static PluginJarBuilder plugin(String id) {
        return jar().attribute("Plugin-Id", id).attribute("Plugin-Version", "1.0.0");
    }

    /** A jar whose manifest says nothing of a plugin. */
    public static PluginJarBuilder jar() {
        return new PluginJarBuilder();
    }

    /** Adds a main attribute to the manifest. */
    public PluginJarBuilder attribute(String name, String value) {
        attributes.put(name, value);
        return this;
    }

    /** Adds a class, to be compiled. */
    public PluginJarBuilder source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    /** Lists a class in the service's file. */
    public PluginJarBuilder service(Class<?> service, String className) {
        services.merge("META-INF/services/" + service.getName(), className + "\n", String::concat);
        return this;
    }

    /** Adds an entry of any name, instead of the one of that name that there would be. */
    public PluginJarBuilder entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** Compiles against another jar as well, without including it. */
    public PluginJarBuilder against(Path jar) {
        libraries.add(jar);
        return this;
    }

    /** Gives the class files another major version: 44 more than the Java version they claim to need. */
    public PluginJarBuilder majorVersion(int major) {
        majorVersion = major;
        return this;
    }

    /** Writes the jar and returns it. */
    public Path build(Path jar) throws IOException {
        Map<String, byte[]> content = new LinkedHashMap<>();
        services.forEach((name, lines) -> content.put(name, lines.getBytes(StandardCharsets.UTF_8)));
        if (!sources.isEmpty()) {
            content.putAll(compile());
        }
        content.putAll(entries);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            manifest().write(zip);
            for (Map.Entry<String, byte[]> each : content.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
            }
        }
        return jar;
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        return manifest;
    }

    private Map<String, byte[]> compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new Source(name, text)));
        Path classes = Files.createTempDirectory("plugin-classes");
        try {
            StringWriter messages = new StringWriter();
            List<String> options = List.of("-d", classes.toString(), "-classpath", classPath(), "-proc:none",
                    "-Xlint:none");
            if (!compiler.getTask(messages, null, null, options, null, units).call()) {
                throw new IllegalArgumentException("the plugin's source does not compile:\n" + messages);
            }
            return read(classes);
        } finally {
            delete(classes);
        }
    }

    /** Where the kit's own classes are, and those of the libraries that a plugin sees. */
    private String classPath() {
        Stream<Path> host = Stream.of(MergeMethod.class, NullMarked.class, Plugin.class, Logger.class)
                .map(PluginJarBuilder::location);
        return Stream.concat(host, libraries.stream()).map(Path::toString).collect(Collectors.joining(
                System.getProperty("path.separator")));
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, byte[]> read(Path classes) throws IOException {
        Map<String, byte[]> found = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (majorVersion != 0) {
                    bytes[6] = (byte) (majorVersion >> 8);
                    bytes[7] = (byte) majorVersion;
                }
                found.put(classes.relativize(file).toString().replace('\\', '/'), bytes);
            }
        }
        return found;
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                        throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
