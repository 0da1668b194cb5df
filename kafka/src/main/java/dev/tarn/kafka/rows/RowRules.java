package dev.tarn.kafka.rows;

import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * How decoded records become rows. Immutable.
 *
 * @param unknownFields what happens to fields without a column
 * @param epochUnit what whole numbers count that are given for times and timestamps; empty refuses them
 * @param columns the columns that what a record has besides its value goes to
 */
public record RowRules(UnknownFields unknownFields, Optional<ChronoUnit> epochUnit, Map<RecordField, String> columns) {
    /** Copies the map; refuses units that are not second, millisecond, microsecond or nanosecond. */
    public RowRules {
        columns = Map.copyOf(columns);
        if (epochUnit.isPresent() && epochUnit.get().compareTo(ChronoUnit.SECONDS) > 0) {
            throw new IllegalArgumentException("epochUnit must be a second or shorter but was " + epochUnit.get());
        }
    }

    /** Fields without a column refuse the record, numbers are no timestamps, and only the value is kept. */
    public static RowRules strict() {
        return new RowRules(UnknownFields.REFUSE, Optional.empty(), Map.of());
    }

    /** The same, with another rule for fields that have no column. */
    public RowRules withUnknownFields(UnknownFields rule) {
        return new RowRules(rule, epochUnit, columns);
    }
}
