package dev.tarn.writer.contract.gate;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.ColumnView;
import dev.tarn.writer.contract.check.RowMarks;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** How old the youngest or the oldest row is. Times without a zone count as UTC, a day as its last instant. */
final class AgeTest extends RuleTest {
    private final String column;
    private final Type type;
    private final Duration maxAge;
    private final boolean ofYoungest;
    private long youngest = Long.MIN_VALUE;
    private long oldest = Long.MAX_VALUE;

    AgeTest(Rule rule, Schema schema) {
        super(rule, RuleAction.FAIL);
        this.ofYoungest = rule.check() instanceof Check.Fresh;
        this.maxAge =
                rule.check() instanceof Check.Fresh fresh ? fresh.maxAge() : ((Check.Retained) rule.check()).period();
        this.column = rule.check().columns().get(0);
        Types.NestedField field = schema.findField(column);
        this.type = field.type();
        switch (type.typeId()) {
            case DATE, TIMESTAMP, TIMESTAMP_NANO -> {}
            default ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The rule %s needs a date or timestamp but column '%s' has type %s"
                                .formatted(rule.id(), column, type));
        }
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        if (count == view.rows()) {
            youngest = Math.max(youngest, view.largest());
            oldest = Math.min(oldest, view.smallest());
            return 0;
        }
        long[] values = view.longs();
        for (int i = 0; i < count; i++) {
            if (!view.isNull(rows[i])) {
                youngest = Math.max(youngest, values[rows[i]]);
                oldest = Math.min(oldest, values[rows[i]]);
            }
        }
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        if (checked() == 0) {
            return Finding.kept("no rows");
        }
        String what = ofYoungest ? "youngest" : "oldest";
        if (youngest < oldest) {
            // A freshness that nobody can know is not kept; nothing that is too old can be among nulls.
            return ofYoungest ? Finding.broken("no row has a time") : Finding.kept("no row has a time");
        }
        Duration age = Duration.between(ofYoungest ? last(youngest) : last(oldest), end.now());
        String text = "the %s row is %s old, allowed %s".formatted(what, rounded(age), maxAge);
        return age.compareTo(maxAge) <= 0 ? Finding.kept(text) : Finding.broken(text);
    }

    private Instant last(long value) {
        return switch (type.typeId()) {
            case DATE -> Instant.EPOCH.plus(value + 1, ChronoUnit.DAYS).minusNanos(1);
            case TIMESTAMP -> Instant.EPOCH.plus(value, ChronoUnit.MICROS);
            default -> Instant.EPOCH.plusNanos(value);
        };
    }

    /** Seconds are enough, and do not give away a value of a row to the microsecond. */
    private static Duration rounded(Duration age) {
        return Duration.ofSeconds(age.toSeconds());
    }
}
