package org.llmmerging.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Exchanges two folders in one step, so that a name is never without its folder: {@code renameat2} with
 * {@code RENAME_EXCHANGE}, which Linux has and most of its file systems can do. Java's own renames cannot replace a
 * folder that holds something.
 */
final class FolderExchange {
    private static final int WORKING_FOLDER = -100; // AT_FDCWD
    private static final int EXCHANGE = 2; // RENAME_EXCHANGE
    private static final FunctionDescriptor SIGNATURE = FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT);

    private FolderExchange() {}

    /**
     * Gives each folder the other's name.
     *
     * @param one an existing folder
     * @param other another one, on the same file system
     * @return false, with nothing changed, where that cannot be done in one step
     */
    static boolean exchange(Path one, Path other) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        Optional<MemorySegment> function = library.find("renameat2");
        if (function.isEmpty()) {
            return false;
        }
        MethodHandle rename = linker.downcallHandle(function.get(), SIGNATURE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = arena.allocateFrom(one.toAbsolutePath().toString());
            MemorySegment second = arena.allocateFrom(other.toAbsolutePath().toString());
            return (int) rename.invokeExact(WORKING_FOLDER, first, WORKING_FOLDER, second, EXCHANGE) == 0;
        } catch (Throwable unavailable) {
            return false;
        }
    }
}
