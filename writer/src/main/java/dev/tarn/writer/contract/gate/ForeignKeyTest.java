package dev.tarn.writer.contract.gate;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.check.BatchColumns;
import dev.tarn.writer.contract.check.FingerprintSet;
import dev.tarn.writer.contract.check.KeyBounds;
import dev.tarn.writer.contract.check.KeyFingerprints;
import dev.tarn.writer.contract.check.RowMarks;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/** Whether values occur in another table, as it is when all rows went by. Counts distinct values, not rows. */
final class ForeignKeyTest extends RuleTest {
    private final KeyFingerprints fingerprints;
    private final KeyBounds bounds;
    private final List<Types.NestedField> fields = new ArrayList<>();
    private final FingerprintSet keys = new FingerprintSet();
    private final DataSize budget;
    private final Optional<TableLookup> lookup;

    ForeignKeyTest(Rule rule, Schema schema, DataSize budget, Optional<TableLookup> lookup) {
        super(rule, RuleAction.FAIL);
        List<String> columns = rule.check().columns();
        columns.forEach(column -> fields.add(schema.findField(column)));
        this.fingerprints = new KeyFingerprints(columns, fields, new SecureRandom().nextLong());
        this.bounds = new KeyBounds(columns, fields);
        this.budget = budget;
        this.lookup = lookup;
    }

    @Override
    int look(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        if (lookup.isEmpty() || count == 0 || !fingerprints.moveTo(batch)) {
            return 0;
        }
        bounds.add(batch, rows, count);
        for (int i = 0; i < count; i++) {
            if (fingerprints.take(rows[i])) {
                keys.add(fingerprints.high(), fingerprints.low());
            }
        }
        if (keys.bytes() > budget.bytes()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The rule %s has seen %d values, which is all that its budget of %s holds; split the load or raise the budget"
                            .formatted(rule().id(), keys.size(), budget));
        }
        return 0;
    }

    @Override
    Finding finding(LoadEnd end) {
        if (lookup.isEmpty()) {
            return Finding.notChecked("no way to other tables was given");
        }
        Check.ForeignKey check = (Check.ForeignKey) rule().check();
        if (keys.size() == 0) {
            return Finding.kept("no values");
        }
        Table other = lookup.get().load(check.table());
        requireSameTypes(check, other);
        FingerprintSet found = new FingerprintSet();
        TableRows.ofCurrent(other).forEach(check.tableColumns(), bounds.filter(check.tableColumns()), row -> {
            if (fingerprints.take(row) && keys.contains(fingerprints.high(), fingerprints.low())) {
                found.add(fingerprints.high(), fingerprints.low());
            }
        });
        long missing = (long) keys.size() - found.size();
        String text = "%d of %d distinct values are not in table %s".formatted(missing, keys.size(), other.name());
        boolean kept = rule().limit().acceptsRows(missing, keys.size());
        return new Finding(true, kept, missing, text);
    }

    /** Values of other types have other fingerprints, so that none would be found. */
    private void requireSameTypes(Check.ForeignKey check, Table other) {
        for (int i = 0; i < fields.size(); i++) {
            String column = check.tableColumns().get(i);
            Types.NestedField field = other.schema().findField(column);
            if (field == null || !field.type().equals(fields.get(i).type())) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The foreign key %s needs column '%s' of type %s in table %s but found %s"
                                .formatted(
                                        rule().id(),
                                        column,
                                        fields.get(i).type(),
                                        other.name(),
                                        field == null ? "none" : field.type()));
            }
        }
    }
}
