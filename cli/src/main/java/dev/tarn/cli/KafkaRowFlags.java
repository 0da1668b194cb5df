package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.BadRecords;
import dev.tarn.kafka.rows.RecordField;
import dev.tarn.kafka.rows.RowRules;
import dev.tarn.kafka.rows.UnknownFields;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that say how records become rows. */
final class KafkaRowFlags {
    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "append every record, or upsert by --key; default ${DEFAULT-VALUE}.")
    private Mode mode = Mode.APPEND;

    @Option(
            names = "--key",
            paramLabel = "COLUMN",
            description = "With --mode upsert: column that identifies a row; may be repeated.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--unknown-fields",
            paramLabel = "RULE",
            description = "Fields without a column: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    UnknownFields unknownFields = UnknownFields.REFUSE;

    @Option(
            names = "--on-error",
            paramLabel = "RULE",
            description = "Records that cannot become rows: abort, dead-letter (into TABLE__dead_letters) or skip;"
                    + " default ${DEFAULT-VALUE}.")
    private String onError = "abort";

    @Option(
            names = "--metadata",
            paramLabel = "FIELD=COLUMN",
            description =
                    "Column for the topic, partition, offset, timestamp, key or headers of a record; may be repeated.")
    private Map<RecordField, String> metadata = new EnumMap<>(RecordField.class);

    @Option(
            names = "--time-unit",
            paramLabel = "UNIT",
            description = "What whole numbers count in columns of times: s, ms, us or ns; by default they are refused.")
    private String timeUnit = "";

    private enum Mode {
        APPEND,
        UPSERT
    }

    Map<RecordField, String> metadata() {
        return metadata;
    }

    RowRules rules() {
        return new RowRules(unknownFields, unit(), metadata);
    }

    List<String> keyColumns() {
        if ((mode == Mode.UPSERT) == keys.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    mode == Mode.UPSERT ? "--mode upsert needs at least one --key" : "--key belongs to --mode upsert");
        }
        return keys;
    }

    BadRecords badRecords() {
        return switch (onError.toLowerCase(Locale.ROOT)) {
            case "abort" -> BadRecords.ABORT;
            case "dead-letter" -> BadRecords.DEAD_LETTER;
            case "skip" -> BadRecords.SKIP;
            default ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "--on-error must be abort, dead-letter or skip but was '%s'".formatted(onError));
        };
    }

    private Optional<ChronoUnit> unit() {
        return switch (timeUnit.toLowerCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "s" -> Optional.of(ChronoUnit.SECONDS);
            case "ms" -> Optional.of(ChronoUnit.MILLIS);
            case "us" -> Optional.of(ChronoUnit.MICROS);
            case "ns" -> Optional.of(ChronoUnit.NANOS);
            default ->
                throw new TarnException(
                        ErrorKind.INVALID, "--time-unit must be s, ms, us or ns but was '%s'".formatted(timeUnit));
        };
    }
}
