package org.llmmerging.config;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** Whatever is done to a file, it is read or refused with a message that names it: no other failure comes out. */
class DamagedConfigsTest {
    private static final String PIECES = "[]{}:,-?*&!|>'\"%@`#\t\n\r ~<0.eé\u0000\uFEFF";

    @TempDir
    Path folder;

    @Test
    void aDamagedFileIsReadOrRefused() throws IOException, URISyntaxException {
        long seed = 8_811;
        Random random = new Random(seed);
        List<Path> golden = GoldenMergeConfigsTest.files().toList();
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Files.readAllBytes(golden.get(random.nextInt(golden.size())));
            Path file = Files.write(folder.resolve("damaged.yml"), damage(bytes, random));
            refused += isRefused(file, MergeConfig::read, seed, round) ? 1 : 0;
            isRefused(file, KitConfig::read, seed, round);
        }
        assertTrue(refused > 500 && refused < 2_000, "refused " + refused + " with seed " + seed);
    }

    private static boolean isRefused(Path file, Function<Path, ?> reader, long seed, int round) throws IOException {
        try {
            assertNotNull(reader.apply(file));
            return false;
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.lines().allMatch(line -> line.startsWith(file + ":")), message);
            return true;
        } catch (RuntimeException e) {
            return fail("seed " + seed + ", round " + round + ":\n" + Files.readString(file), e);
        }
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            int piece = random.nextInt(PIECES.length());
            bytes = switch (random.nextInt(4)) {
                case 0 -> replace(bytes, at, at, PIECES.substring(piece, piece + 1));
                case 1 -> replace(bytes, at, at + 1, PIECES.substring(piece, piece + 1));
                case 2 -> replace(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(5)), " ");
                default -> replace(bytes, at, at + 1, new String(bytes, StandardCharsets.ISO_8859_1));
            };
        }
        return bytes;
    }

    private static byte[] replace(byte[] bytes, int from, int to, String text) {
        byte[] inserted = text.getBytes(StandardCharsets.UTF_8);
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + inserted.length);
        System.arraycopy(inserted, 0, result, from, inserted.length);
        System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
        return result;
    }
}
