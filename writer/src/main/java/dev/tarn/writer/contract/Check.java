package dev.tarn.writer.contract;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a rule looks at. Columns are named by their path from the top, with dots between structs. Null values are judged by
 * {@link NotNull} and {@link NotMissing} only; every other check lets them pass.
 */
public sealed interface Check {
    /** The columns that are looked at; empty where it is the whole table. */
    List<String> columns();

    /** A word for ids and reports. */
    String kind();

    /** A check of one row, which rows can be left out for. */
    sealed interface OfRow extends Check {
        /** The column that is looked at. */
        String column();

        @Override
        default List<String> columns() {
            return List.of(column());
        }
    }

    /** The table has the column. */
    record Present(String column) implements Check {
        @Override
        public List<String> columns() {
            return List.of(column);
        }

        @Override
        public String kind() {
            return "present";
        }
    }

    /** The column has a type. */
    record Typed(String column, ContractType type) implements Check {
        @Override
        public List<String> columns() {
            return List.of(column);
        }

        @Override
        public String kind() {
            return "type";
        }
    }

    /** The value is there. */
    record NotNull(String column) implements OfRow {
        @Override
        public String kind() {
            return "not-null";
        }
    }

    /** The value is there, and is none of the texts that stand for nothing. */
    record NotMissing(String column, List<String> missing) implements OfRow {
        /** Copies the list. */
        public NotMissing {
            missing = List.copyOf(missing);
        }

        @Override
        public String kind() {
            return "not-missing";
        }
    }

    /** The value is one of some. */
    record OneOf(String column, List<String> values) implements OfRow {
        /** Copies the list. */
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public String kind() {
            return "enum";
        }
    }

    /** A part of the text matches a regular expression; anchor it to mean the whole text. */
    record Matches(String column, String pattern) implements OfRow {
        @Override
        public String kind() {
            return "pattern";
        }
    }

    /** The text has a number of characters, counted as Unicode code points. */
    record Length(String column, int min, int max) implements OfRow {
        @Override
        public String kind() {
            return "length";
        }
    }

    /** The value lies in a range; the floating-point value NaN never does. */
    record Range(String column, Optional<Bound> min, Optional<Bound> max) implements OfRow {
        @Override
        public String kind() {
            return "range";
        }
    }

    /** The value is a multiple of a number. */
    record MultipleOf(String column, BigDecimal of) implements OfRow {
        /** Refuses numbers that nothing is a multiple of. */
        public MultipleOf {
            if (of.signum() <= 0) {
                throw new IllegalArgumentException("multipleOf must be more than 0 but was " + of);
            }
        }

        @Override
        public String kind() {
            return "multiple-of";
        }
    }

    /** No two rows have the same values; rows with a null among them count as different. */
    record Unique(List<String> columns) implements Check {
        /** Copies the list. */
        public Unique {
            columns = List.copyOf(columns);
        }

        @Override
        public String kind() {
            return "unique";
        }
    }

    /** How many rows there are. */
    record RowCount() implements Check {
        @Override
        public List<String> columns() {
            return List.of();
        }

        @Override
        public String kind() {
            return "row-count";
        }
    }

    /** The values, unless one is null, occur in columns of another table. */
    record ForeignKey(List<String> columns, String table, List<String> tableColumns) implements Check {
        /** Copies the lists and refuses those of different lengths. */
        public ForeignKey {
            columns = List.copyOf(columns);
            tableColumns = List.copyOf(tableColumns);
            if (columns.size() != tableColumns.size()) {
                throw new IllegalArgumentException("A foreign key of %d columns cannot refer to %d columns"
                        .formatted(columns.size(), tableColumns.size()));
            }
        }

        @Override
        public String kind() {
            return "foreign-key";
        }
    }

    /** The youngest value of a time column is not older than an age. */
    record Fresh(String column, Duration maxAge) implements Check {
        @Override
        public List<String> columns() {
            return List.of(column);
        }

        @Override
        public String kind() {
            return "freshness";
        }
    }

    /** The oldest value of a time column is not older than an age. */
    record Retained(String column, Duration period) implements Check {
        @Override
        public List<String> columns() {
            return List.of(column);
        }

        @Override
        public String kind() {
            return "retention";
        }
    }

    /** A query gives one number. {@code ${table}} and {@code ${column}} stand for names. */
    record Sql(List<String> columns, String query) implements Check {
        /** Copies the list. */
        public Sql {
            columns = List.copyOf(columns);
        }

        @Override
        public String kind() {
            return "sql";
        }
    }
}
