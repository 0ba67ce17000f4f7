package org.llmmerging.eval.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.llmmerging.eval.model.ScoringMode;
import org.llmmerging.eval.train.LearningRate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of an enumeration's constants, by its name in lower case. */
abstract class LowerCaseConstant<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> type;

    private LowerCaseConstant(Class<E> type) {
        this.type = type;
    }

    @Override
    public E convert(String value) {
        for (E constant : type.getEnumConstants()) {
            if (name(constant).equals(value)) {
                return constant;
            }
        }
        throw new TypeConversionException("'" + value + "' is not known. Give "
                + Arrays.stream(type.getEnumConstants()).map(LowerCaseConstant::name)
                        .collect(Collectors.joining(" or ")));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** For {@code --lr_scheduler_type}. */
    static final class Schedule extends LowerCaseConstant<LearningRate.Schedule> {
        Schedule() {
            super(LearningRate.Schedule.class);
        }
    }

    /** For {@code --scoring}. */
    static final class Scoring extends LowerCaseConstant<ScoringMode> {
        Scoring() {
            super(ScoringMode.class);
        }
    }
}
