package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The script {@code main}, in a repository whose JDK and Maven only say that they were called. */
class MainScriptTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
    private static final Instant BUILT = Instant.parse("2026-01-02T00:00:00Z");

    @TempDir
    Path root;

    @BeforeEach
    void makeABuiltRepository() throws IOException {
        for (String file : List.of("main", "build/jdk.sh", "pom.xml")) {
            Path copy = root.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(REPOSITORY.resolve(file), copy);
        }
        for (String file : poms()) {
            write(file, "");
        }
        write("llm-merging-eval/target/app/llm-merging-eval.jar", "");
        write("target/built", "");
        write("jdk/release", "JAVA_VERSION=\"99.0.1\"\n");
        program("jdk/bin/java", "echo run");
        program("jdk/bin/javac", "exit 1");
        program("bin/mvn", "echo \"built with $JAVA_HOME\" >> '" + root + "/calls'");
        // So that no cache is made.
        write("llm-merging-eval/target/app/main.aot.jdk", root.resolve("jdk") + "\n99.0.1\n");
        age("pom.xml");
        for (String file : poms()) {
            age(file);
        }
        Files.setLastModifiedTime(root.resolve("target/built"), FileTime.from(BUILT));
    }

    @Test
    void whatIsBuiltRunsAsItIs() throws Exception {
        assertEquals("run\n", run("main"));
        assertEquals(List.of(), calls());
    }

    @ParameterizedTest
    @MethodSource("poms")
    void aChangedModuleIsBuilt(String pom) throws Exception {
        Files.setLastModifiedTime(root.resolve(pom), FileTime.from(BUILT.plusSeconds(1)));
        assertEquals("run\n", run("main"));
        assertEquals(List.of("built with " + root.resolve("jdk")), calls());
    }

    /** Both see that the lock is nobody's; the second takes its time to delete it, while the first builds. */
    @Test
    void ofTwoThatFindTheLockOfADeadProcessOneBuilds() throws Exception {
        age("target/built");
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        write("target/main.lock/pid", dead.pid() + "\n");
        Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(BUILT));
        program("bin/mvn", "echo built >> '" + root + "/calls'; sleep 3; touch '" + root + "/target/built'");
        program("bin/rm", """
                case $2 in *main.lock) mkdir '%s/first' 2>/dev/null || sleep 1 ;; esac
                exec /bin/rm "$@\"""".formatted(root));
        Process one = start("main", root.resolve("out-1"));
        Process other = start("main", root.resolve("out-2"));
        assertEquals(0, one.waitFor());
        assertEquals(0, other.waitFor());
        assertEquals(List.of("built"), calls());
        assertEquals("run\nrun\n", Files.readString(root.resolve("out-1")) + Files.readString(root.resolve("out-2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"target/main.lock", "target/main.lock.stale"})
    void whatAProcessLeftThatWasKilledAtOnceIsInTheWayForAMinute(String left) throws Exception {
        Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(BUILT.plusSeconds(1)));
        for (String each : List.of("target/main.lock", left)) {
            Files.createDirectories(root.resolve(each));
            age(each);
        }
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertEquals("run\n", run("main")));
        assertEquals(1, calls().size());
        assertEquals(List.of("built"), List.of(Objects.requireNonNull(root.resolve("target").toFile().list())));
    }

    @Test
    void theOtherScriptsTakeTheSameJdk() throws Exception {
        for (String script : List.of(".ci/run", "benchmarks/eval.sh")) {
            Path copy = root.resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(REPOSITORY.resolve(script), copy);
        }
        write("target/benchmark/llama-134m/tokenizer.json", "");
        write("target/benchmark/llama-134m/model.safetensors", "");
        assertEquals("", run(".ci/run"));
        assertEquals(1, calls().size());
        assertEquals("run\nrun\n", run("benchmarks/eval.sh"));
    }

    /** Java would take the names of files for ASCII. */
    @ParameterizedTest
    @CsvSource({
        "locale: Cannot set LC_ALL to default locale ANSI_X3.4-1968, C.UTF-8",
        "locale: Cannot set LC_ALL to default locale UTF-8, C.UTF-8",
        "ISO-8859-1, C.UTF-8",
        "UTF-8, ab_CD.UTF-8",
    })
    void aLocaleThatIsNotThereGivesWayToOneOfUtf8(String said, String taken) throws Exception {
        program("bin/locale", "printf '" + said + "\\n'");
        program("jdk/bin/java", "echo \"$LC_ALL\"");
        assertEquals(taken + "\n", run("main", Map.of("LC_ALL", "ab_CD.UTF-8")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LLM_MERGING_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void aCollectorThatTheUserChoosesIsTheOnlyOne(String variable) throws Exception {
        program("jdk/bin/java", "echo \"$*\"");
        assertTrue(run("main").contains(" -XX:+UseSerialGC "));
        assertFalse(run("main", Map.of(variable, "-XX:+UseZGC")).contains("UseSerialGC"));
    }

    @ParameterizedTest
    @CsvSource({"-Xmx8m, false", "-Xmx48M, false", "-Xmx30000k, false", "-Xmx40000000, false",
        "-XX:MaxHeapSize=48m, false",
        "-Xmx8g, true", "-Xmx500m, true"})
    void aSmallHeapIsNotAllForWhatIsNew(String heap, boolean bounded) throws Exception {
        program("jdk/bin/java", "echo \"$*\"");
        String called = run("main", Map.of("LLM_MERGING_JAVA_OPTS", heap));
        assertEquals(bounded, called.contains(" -XX:MaxNewSize="));
        assertTrue(called.contains(" -XX:+UseSerialGC "));
        String both = run("main", Map.of("LLM_MERGING_JAVA_OPTS", heap + " -XX:+UseZGC"));
        assertFalse(both.contains("UseSerialGC"));
    }

    /** Java would look for its classes in two paths, of which neither is there. */
    @Test
    void aFolderWithAColonIsRefused() throws Exception {
        root = Files.move(root, root.resolveSibling(root.getFileName() + ":b"));
        try {
            Path messages = root.resolve("messages");
            Process process = new ProcessBuilder(root.resolve("main").toString())
                    .redirectError(messages.toFile())
                    .start();
            assertEquals(2, process.waitFor());
            assertTrue(Files.readString(messages).contains(root + " has a colon in it"));
        } finally {
            String moved = root.toString();
            root = Files.move(root, Path.of(moved.substring(0, moved.length() - 2)));
        }
    }

    /** In the configuration of the merge that is recorded they would mean something else. */
    @Test
    void theCacheIsMadeWhateverCharactersThePathHas() throws Exception {
        Files.delete(root.resolve("llm-merging-eval/target/app/main.aot.jdk"));
        program("jdk/bin/java", """
                for argument; do
                    case $argument in
                        *.yml) cat "$argument" > '%1$s/recorded'; pwd -P > '%1$s/folder' ;;
                    esac
                done""".formatted(root));
        assertEquals("", run("main"));
        assertFalse(Files.readString(root.resolve("recorded")).contains(root.toString()));
        assertEquals(root.toRealPath() + "\n", Files.readString(root.resolve("folder")));
    }

    /** A merge needs no native libraries, and they may be there already; the kit says so when they are not. */
    @Test
    void withoutAFolderThatCanBeWrittenTheNativeLibrariesAreExpectedHere() throws Exception {
        program("jdk/bin/java", "echo \"$DJL_CACHE_DIR\"");
        program("bin/mkdir", "exit 1");
        // Root may write everywhere but in a folder that is not there.
        Files.move(root.resolve("target"), root.resolve("elsewhere"));
        Map<String, String> environment = Map.of(
                "HOME", "", "DJL_CACHE_DIR", "", "TMPDIR", "/nonexistent", "LLM_MERGING_NO_BUILD", "1");
        assertEquals(root.toRealPath() + "/target/djl\n", run("main", environment));
    }

    /** The merge that fills the class-data cache runs in the root. */
    @Test
    void aRelativeJdkIsFoundFromEveryFolder() throws Exception {
        program("jdk/bin/java", "echo \"$0\"");
        Path jdk = Path.of("").toAbsolutePath().relativize(root.toRealPath().resolve("jdk"));
        String java = run("main", Map.of("JAVA_HOME", jdk.toString())).strip();
        assertTrue(java.startsWith("/") && Files.isSameFile(root.resolve("jdk/bin/java"), Path.of(java)), java);
    }

    /** Standard output has the results alone. */
    @Test
    void warningsOfJavaGoToStandardError() throws Exception {
        program("jdk/bin/java", "echo \"$*\"");
        assertTrue(run("main").contains(" -Xlog:all=off:stdout -Xlog:all=warning,aot*=off,cds*=off:stderr "));
    }

    private static List<String> poms() throws IOException {
        List<String> poms = new ArrayList<>();
        for (String parent : List.of("", "llm-merging-plugins/")) {
            List<String> modules = MODULE.matcher(Files.readString(REPOSITORY.resolve(parent + "pom.xml")))
                    .results()
                    .map(MatchResult::group)
                    .map(module -> parent + MODULE.matcher(module).replaceFirst("$1") + "/pom.xml")
                    .toList();
            poms.addAll(modules);
        }
        return poms;
    }

    private String run(String script) throws IOException, InterruptedException {
        return run(script, Map.of());
    }

    private String run(String script, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = root.resolve("out");
        assertEquals(0, start(script, out, environment).waitFor());
        return Files.readString(out);
    }

    private Process start(String script, Path out) throws IOException {
        return start(script, out, Map.of());
    }

    private Process start(String script, Path out, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(root.resolve(script).toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        builder.environment().put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().remove("LLM_MERGING_NO_BUILD");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private List<String> calls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    private void program(String file, String command) throws IOException {
        Path written = write(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path write(String file, String text) throws IOException {
        Path written = root.resolve(file);
        Files.createDirectories(written.getParent());
        return Files.writeString(written, text);
    }

    private void age(String file) throws IOException {
        Files.setLastModifiedTime(root.resolve(file), FileTime.from(BUILT.minusSeconds(1)));
    }
}
