package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.llmmerging.config.Quoting;

/**
 * {@code model.safetensors.index.json} or {@code pytorch_model.bin.index.json}: which shard holds which tensor.
 *
 * @param file the index itself
 * @param weightMap shard by tensor name
 */
record ShardIndex(Path file, TreeMap<String, String> weightMap) {
    private static final String INDEX = ".index.json";

    /** @throws CheckpointException when it is not such an index or names a shard outside its folder */
    static ShardIndex read(Path file) {
        byte[] text = InputFiles.readAll(file, StrictJson.MAX_BYTES);
        try (JsonParser json = StrictJson.parser(text)) {
            return new ShardIndex(file, new Reader(file, json).read());
        } catch (IOException e) {
            throw new CheckpointException(file, StrictJson.reason(e) + ". Download or write it again", e);
        }
    }

    /** Every shard's file name, in order. */
    SortedSet<String> shards() {
        return new TreeSet<>(weightMap.values());
    }

    private record Reader(Path file, JsonParser json) {

        TreeMap<String, String> read() throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw problem("is not a JSON object");
            }
            TreeMap<String, String> weightMap = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                if (!key.equals("weight_map")) {
                    json.skipChildren();
                } else if (weightMap == null) {
                    weightMap = readWeightMap();
                } else {
                    throw problem("has weight_map twice");
                }
            }
            if (json.nextToken() != null) {
                throw problem("goes on after its JSON object");
            }
            if (weightMap == null || weightMap.isEmpty()) {
                throw problem("has no weight_map, or an empty one");
            }
            return weightMap;
        }

        private TreeMap<String, String> readWeightMap() throws IOException {
            if (!json.hasToken(JsonToken.START_OBJECT)) {
                throw problem("has a weight_map that is no object");
            }
            TreeMap<String, String> weightMap = new TreeMap<>();
            TreeMap<String, String> shards = new TreeMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw problem("maps tensor " + Quoting.quoted(name) + " to what is no file name");
                }
                String read = json.getText();
                // One string for each shard, however many tensors name it.
                String shard = shards.computeIfAbsent(read, this::checkedShard);
                String before = weightMap.put(name, shard);
                if (before != null) {
                    throw problem("has the tensor %s twice, in %s and %s".formatted(
                            Quoting.quoted(name), Quoting.quoted(before), Quoting.quoted(shard)));
                }
            }
            return weightMap;
        }

        private String checkedShard(String shard) {
            String format = file.toString().endsWith(WeightFile.TORCH + INDEX) ? WeightFile.TORCH : ".safetensors";
            boolean plain = shard.endsWith(format)
                    && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
            if (!plain || shard.length() > 255) {
                throw problem("names the shard " + Quoting.quoted(shard) + ", expected the name of a " + format
                        + " file in the same folder");
            }
            return shard;
        }

        private CheckpointException problem(String what) {
            return new CheckpointException(file, what);
        }
    }
}
