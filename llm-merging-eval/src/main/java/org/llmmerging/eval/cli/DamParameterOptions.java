package org.llmmerging.eval.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.train.dam.DamParameter;
import org.llmmerging.eval.train.dam.DamValues;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** An option for every parameter of DAM that is of one use. */
@Command // for its options are no annotated fields
final class DamParameterOptions implements DamValues {
    private final DamParameter.Use use;
    private final Map<DamParameter, OptionSpec> options = new EnumMap<>(DamParameter.class);

    DamParameterOptions(DamParameter.Use use) {
        this.use = use;
    }

    /** Called by picocli, before the command line is read. */
    @Spec(Spec.Target.MIXEE)
    void addTo(CommandSpec command) {
        for (DamParameter parameter : DamParameter.of(use)) {
            OptionSpec option = option(parameter);
            command.addOption(option);
            options.put(parameter, option);
        }
    }

    @Override
    public double of(DamParameter parameter) {
        OptionSpec option = options.get(parameter);
        return switch (option == null ? null : option.<Object>getValue()) {
            case Boolean flag -> flag ? 1 : 0;
            case Number number -> number.doubleValue();
            case null, default -> throw new IllegalStateException(parameter + " has no value");
        };
    }

    private static OptionSpec option(DamParameter parameter) {
        List<String> names = new ArrayList<>();
        parameter.alsoCalled().forEach(name -> names.add("--" + name));
        names.add("--" + parameter.key());
        OptionSpec.Builder option = OptionSpec.builder(names.toArray(String[]::new))
                .defaultValue(parameter.shownDefault())
                .description((parameter.description() + " Default: " + parameter.shownDefault() + ".").strip());
        return switch (parameter.spec().type()) {
            case BOOLEAN -> option.type(Boolean.class).arity("0..1").fallbackValue("true").paramLabel("BOOL").build();
            case INTEGER -> option.type(Integer.class).paramLabel("N").build();
            case NUMBER -> number(parameter, option.type(Double.class).paramLabel("X")).build();
        };
    }

    private static OptionSpec.Builder number(DamParameter parameter, OptionSpec.Builder option) {
        return parameter == DamParameter.MOFO_ALPHA ? option.converters(new Share()) : option;
    }

    /** A number, or {@code None} for all. */
    private static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (text.equalsIgnoreCase("none")) {
                return 1.0;
            }
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is no number. Give one, or None");
            }
        }
    }
}
