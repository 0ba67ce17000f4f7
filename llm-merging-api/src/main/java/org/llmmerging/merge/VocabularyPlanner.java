package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.TokenizerConfig;
import org.llmmerging.config.TokenizerConfig.Source;
import org.llmmerging.tokenizer.EmbeddingPlanner;
import org.llmmerging.tokenizer.EmbeddingPlanner.ModelVocabulary;
import org.llmmerging.tokenizer.EmbeddingRows;
import org.llmmerging.tokenizer.OutputVocabulary;
import org.llmmerging.tokenizer.TokenizerFile;

/** Plans what {@code tokenizer} and {@code tokenizer_source} ask for. */
final class VocabularyPlanner {
    private static final String REMEDY = "Save the model under the names of its architecture in transformers, or merge"
            + " without tokenizer";

    private final MergeConfig config;
    private final ModelStore store;
    private final MergeOptions options;
    private final Problems problems;
    private final Problems ofFiles;
    private final Map<ModelReference, TokenizerFile> files = new LinkedHashMap<>();

    /**
     * @param options whether stages have a tokenizer, and whether a token without a row in its model's embedding
     *     counts as one the model lacks
     * @param problems receives what is wrong with the configuration
     * @param ofFiles receives what is wrong with the tokenizers of models
     */
    VocabularyPlanner(
            MergeConfig config, ModelStore store, MergeOptions options, Problems problems, Problems ofFiles) {
        this.config = config;
        this.store = store;
        this.options = options;
        this.problems = problems;
        this.ofFiles = ofFiles;
    }

    /** The plan; nothing when the configuration asks for none, or when a problem was added. */
    Optional<VocabularyPlan> plan() {
        TokenizerConfig tokenizer = config.tokenizer();
        if (tokenizer == null) {
            return Optional.empty();
        }
        SequencedSet<ModelReference> merged = config.models();
        ModelReference first = tokenizer.source() instanceof Source.OfModel(ModelReference model)
                ? model
                : merged.getFirst();
        SequencedSet<ModelReference> all = new LinkedHashSet<>(merged);
        tokenizer.tokens().values().forEach(rule -> rule.donor().ifPresent(all::add));
        SequencedSet<ModelReference> read = new LinkedHashSet<>(all);
        read.add(first);
        read.forEach(model -> readFile(model, tokenizer.position()));
        all.forEach(model -> requireKnownEmbeddings(model, tokenizer.position()));
        if (files.size() < read.size()) {
            return Optional.empty();
        }
        List<TokenizerFile> others = tokenizer.source() instanceof Source.Union
                ? merged.stream().map(this::file).toList()
                : List.of();
        OutputVocabulary vocabulary = OutputVocabulary.of(file(first), others, tokenizer.tokens().keySet(),
                all.stream().map(this::file).toList());
        vocabulary.notes().forEach(problems::note);
        List<ModelVocabulary> models = new ArrayList<>();
        all.forEach(model -> models.add(
                new ModelVocabulary(model, tokens(model, tokenizer.position()), merged.contains(model))));
        // The base comes first among the models, where there is one.
        int base = config.baseModel() == null ? -1 : 0;
        EmbeddingRows rows = new EmbeddingPlanner(models, base, tokenizer, problems).plan(vocabulary);
        List<TensorNames> names = all.stream().map(store::names).toList();
        TokenIds tokenIds = tokenIds(file(merged.getFirst()), vocabulary);
        List<Position> lending = all.stream().map(model -> lending(model, tokenizer)).toList();
        return Optional.of(new VocabularyPlan(store.open(first).folder(), vocabulary, rows, names, lending, tokenIds));
    }

    private static TokenIds tokenIds(TokenizerFile described, OutputVocabulary vocabulary) {
        Map<Integer, Integer> changed = new HashMap<>();
        described.ids().forEach((token, id) -> {
            int newId = vocabulary.ids().getOrDefault(token, -1);
            if (newId != id) {
                changed.put(id, newId);
            }
        });
        return new TokenIds(described.size(), changed);
    }

    /** The first rule that names a model, or all of {@code tokenizer} for one that lends rows without a rule. */
    private static Position lending(ModelReference model, TokenizerConfig tokenizer) {
        return tokenizer.tokens().values().stream()
                .filter(rule -> rule.donor().filter(model::equals).isPresent())
                .map(TokenizerConfig.Token::position)
                .findFirst()
                .orElse(tokenizer.position());
    }

    private TokenizerFile file(ModelReference model) {
        TokenizerFile file = files.get(model);
        if (file == null) {
            throw new IllegalStateException("the tokenizer of " + model + " was not read");
        }
        return file;
    }

    /** Reads a model's file, unless another model's is the same: fine-tunes have their base's, and it is large. */
    private void readFile(ModelReference model, Position position) {
        SourceModel opened = store.open(model);
        Optional<TokenizerFile> known = files.values().stream().filter(file -> same(file, opened)).findFirst();
        if (known.isPresent()) {
            files.put(model, known.get());
        } else if (store.isStage(model)) {
            readOfStage(model, opened, position);
        } else {
            TokenizerFile.read(opened.folder(), ofFiles).ifPresent(file -> files.put(model, file));
        }
        TokenizerFile file = files.get(model);
        if (file != null && !store.isStage(model)) {
            file.checkListed(opened.folder(), rows(opened).orElse(Long.MAX_VALUE), ofFiles);
        }
    }

    private void readOfStage(ModelReference model, SourceModel opened, Position position) {
        String lacks = "the stage '" + model.path() + "' has no tokenizer.json, which merging vocabularies needs: ";
        if (!options.copyTokenizer()) {
            problems.add(position, lacks + "--no-copy-tokenizer leaves it out. Run without that");
            return;
        }
        if (!Files.isRegularFile(opened.folder().resolve(TokenizerFile.NAME))) {
            ofFiles.add(position, lacks + "the model whose tokenizer it takes has none. Make one for that model with"
                    + " transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
            return;
        }
        Problems ofStage = new Problems();
        TokenizerFile.read(opened.folder(), ofStage).ifPresent(file -> files.put(model, file));
        store.addOfStage(model, ofStage, position, ofFiles);
    }

    private static boolean same(TokenizerFile known, SourceModel model) {
        try {
            return Files.mismatch(known.file(), model.folder().resolve(TokenizerFile.NAME)) < 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** The tokens that have a row in every embedding of the model. */
    private Map<String, Integer> tokens(ModelReference model, Position position) {
        TokenizerFile file = file(model);
        OptionalLong rows = rows(store.open(model));
        if (rows.isEmpty() || file.size() <= rows.getAsLong()) {
            return file.ids();
        }
        Map<String, Integer> having = new LinkedHashMap<>(file.ids());
        having.values().removeIf(id -> id >= rows.getAsLong());
        String lacking = file.ids().entrySet().stream()
                .filter(token -> token.getValue() >= rows.getAsLong())
                .map(token -> "'" + token.getKey() + "' (id " + token.getValue() + ")")
                .findFirst()
                .orElseThrow();
        String found = "the token " + lacking + " is beyond the " + rows.getAsLong() + " rows of the embedding of "
                + model;
        if (options.allowCrimes()) {
            problems.note("tokenizer: " + found + ": tokens without a row count as missing there (--allow-crimes)");
        } else {
            problems.add(store.isStage(model) ? position : Position.of(file.file()),
                    found + ". Resize the model's embedding, remove the token, or take it"
                            + " as one that the model lacks with --allow-crimes");
        }
        return having;
    }

    private static OptionalLong rows(SourceModel model) {
        return rowNumbers(model).stream().mapToLong(Long::longValue).min();
    }

    /** The numbers of rows of the model's embeddings and heads, which may be padded. */
    private static Set<Long> rowNumbers(SourceModel model) {
        return model.tensors().values().stream()
                .filter(TensorRoles::isVocabulary)
                .map(tensor -> tensor.shape().dimension(0))
                .collect(Collectors.toSet());
    }

    /** Rows whose order nobody changes would belong to other tokens in the output. */
    private void requireKnownEmbeddings(ModelReference reference, Position position) {
        SourceModel model = store.open(reference);
        Set<Long> rows = rowNumbers(model);
        if (rows.isEmpty()) {
            problems.add(position,
                    "no tensor of " + reference + " has the name of an embedding or an output head, so that"
                            + " none can follow the tokenizer. " + REMEDY);
        }
        for (String name : store.names(reference).outsideLayers()) {
            TensorInfo tensor = model.tensors().get(name);
            if (tensor != null && TensorRoles.mayBeVocabulary(tensor, rows)) {
                problems.add(position, "tensor " + name + " of " + reference + " has shape " + tensor.shape()
                        + ", with an element for each row of the embedding, and its name is not one that is known to"
                        + " follow the tokenizer. " + REMEDY);
            }
        }
    }
}
