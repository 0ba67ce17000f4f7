package org.llmmerging.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Setting;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.config.TokenizerConfig;

/**
 * Writes merges as the YAML that mergekit reads: what a kit configuration, a pattern or an anchor stood for is written
 * out. Equal merges give equal text, wherever they stood in their files.
 */
final class MergekitYaml {
    private static final YAMLMapper YAML = YAMLMapper.builder(
            YAMLFactory.builder().stringQuotingChecker(new PlainWords()).build())
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private static final String BASE = "base";
    private static final String UNION = "union";

    private MergekitYaml() {}

    /** One document for each merge, in the order given. */
    static String write(List<MergeConfig> configs) {
        return String.join("---\n", configs.stream().map(MergekitYaml::write).toList());
    }

    /** One merge as one document, without a marker. */
    static String write(MergeConfig config) {
        return yaml(document(config));
    }

    /** Any tree of maps, lists and scalars as YAML, ending with a line end. */
    static String yaml(Object tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps of text and numbers can be written", impossible);
        }
    }

    private static Map<String, Object> document(MergeConfig config) {
        Map<String, Object> document = new LinkedHashMap<>();
        put(document, "name", config.name());
        document.put("merge_method", config.mergeMethod());
        put(document, "base_model", config.baseModel());
        switch (config.sources()) {
            case Sources.OfModule module -> put(document, module);
            case Sources.Modules modules -> {
                Map<String, Object> byName = new LinkedHashMap<>();
                modules.modules().forEach((name, module) -> {
                    Map<String, Object> written = new LinkedHashMap<>();
                    put(written, module.sources());
                    put(written, module.parameters());
                    byName.put(name, written);
                });
                document.put("modules", byName);
            }
        }
        put(document, config.parameters());
        put(document, "dtype", config.dtype() == null ? null : config.dtype().torchName());
        put(document, "out_dtype", config.outDtype() == null ? null : config.outDtype().torchName());
        if (config.tokenizer() != null) {
            document.put("tokenizer", tokenizer(config.tokenizer()));
        }
        put(document, "chat_template", config.chatTemplate());
        return document;
    }

    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value instanceof ModelReference model ? reference(model) : value);
        }
    }

    /** As text, or as a mapping when the text would be read as another model. */
    private static Object reference(ModelReference model) {
        return model.isReadBack() ? model.toString() : mapping(model);
    }

    private static Map<String, Object> mapping(ModelReference model) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("model", part(model));
        put(written, "lora", model.adapter() == null ? null : part(model.adapter()));
        return written;
    }

    private static Map<String, Object> part(ModelReference model) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("path", model.path());
        put(written, "revision", model.revision());
        return written;
    }

    private static void put(Map<String, Object> map, Sources.OfModule sources) {
        switch (sources) {
            case Sources.Models models -> map.put(
                    "models", models.inputs().stream().map(MergekitYaml::input).toList());
            case Sources.Slices slices -> map.put(
                    "slices", slices.slices().stream().map(MergekitYaml::slice).toList());
        }
    }

    private static Map<String, Object> input(Sources.Input input) {
        Map<String, Object> written = new LinkedHashMap<>();
        put(written, "model", input.model());
        put(written, input.parameters());
        return written;
    }

    private static Map<String, Object> slice(Sources.Slice slice) {
        Map<String, Object> written = new LinkedHashMap<>();
        List<Map<String, Object>> sources = new ArrayList<>();
        for (Sources.SliceSource source : slice.sources()) {
            Map<String, Object> one = new LinkedHashMap<>();
            put(one, "model", source.model());
            one.put("layer_range", List.of(source.firstLayer(), source.endLayer()));
            put(one, source.parameters());
            sources.add(one);
        }
        written.put("sources", sources);
        put(written, "base_model", slice.baseModel());
        put(written, slice.parameters());
        return written;
    }

    private static void put(Map<String, Object> map, Settings settings) {
        if (!settings.byName().isEmpty()) {
            Map<String, Object> parameters = new LinkedHashMap<>();
            settings.byName().forEach((name, setting) -> parameters.put(name, value(setting)));
            map.put("parameters", parameters);
        }
    }

    private static Object value(Setting setting) {
        return switch (setting) {
            case Setting.Unreadable unreadable -> throw new IllegalStateException(
                    unreadable.position() + ": a value that could not be read is written");
            case Setting.Constant constant -> number(constant.value());
            case Setting.Flag flag -> flag.value();
            case Setting.Gradient gradient -> gradient.points().stream().map(MergekitYaml::number).toList();
            case Setting.Filtered filtered -> filtered.cases().stream().map(MergekitYaml::filter).toList();
        };
    }

    private static Map<String, Object> filter(Setting.Case one) {
        Map<String, Object> written = new LinkedHashMap<>();
        put(written, "filter", one.filter());
        written.put("value", value(one.value()));
        return written;
    }

    /** Without an exponent, which YAML readers disagree on. */
    private static BigDecimal number(double value) {
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return exact.scale() < 1 ? exact.setScale(1) : exact;
    }

    private static Map<String, Object> tokenizer(TokenizerConfig tokenizer) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("source", switch (tokenizer.source()) {
            case TokenizerConfig.Source.Base _ -> BASE;
            case TokenizerConfig.Source.Union _ -> UNION;
            case TokenizerConfig.Source.OfModel(ModelReference model) ->
                List.of(BASE, UNION).contains(model.toString()) ? mapping(model) : reference(model);
        });
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokenizer.tokens().forEach((content, token) -> {
            Map<String, Object> rule = new LinkedHashMap<>();
            if (token.embedding() != null) {
                rule.put("source", embedding(token.embedding()));
            }
            if (token.force()) {
                rule.put("force", true);
            }
            tokens.put(content, rule);
        });
        if (!tokens.isEmpty()) {
            written.put("tokens", tokens);
        }
        put(written, "pad_to_multiple_of", tokenizer.padToMultipleOf());
        return written;
    }

    private static Object embedding(TokenizerConfig.Embedding embedding) {
        return switch (embedding) {
            case TokenizerConfig.Embedding.Zero _ -> Map.of("kind", "zero");
            case TokenizerConfig.Embedding.OfModel(ModelReference model) -> reference(model);
            case TokenizerConfig.Embedding.OfToken(ModelReference model, String token) ->
                modelToken(model, "token", token);
            case TokenizerConfig.Embedding.OfTokenId(ModelReference model, int id) -> modelToken(model, "token_id", id);
        };
    }

    private static Map<String, Object> modelToken(ModelReference model, String key, Object token) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("kind", "model_token");
        written.put("model", reference(model));
        written.put(key, token);
        return written;
    }

    /** Leaves unquoted only what every reader of YAML takes for text: words and paths that are not a word of YAML's. */
    private static final class PlainWords extends StringQuotingChecker {
        private static final long serialVersionUID = 1;
        private static final Pattern PLAIN = Pattern.compile("(\\.{0,2}/|[A-Za-z])[A-Za-z0-9_./@+-]*");
        private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null",
                "inf", "nan", "infinity");

        @Override
        public boolean needToQuoteName(String name) {
            return needToQuoteValue(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return !PLAIN.matcher(value).matches() || WORDS.contains(value.toLowerCase(Locale.ROOT));
        }
    }
}
