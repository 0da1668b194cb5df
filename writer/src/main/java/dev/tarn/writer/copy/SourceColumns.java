package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.iceberg.types.Types;

/** Finds the column of a file for each column of the table, under the rules of a {@link ColumnMapping}. */
final class SourceColumns {
    /** A place where a file has nothing for a column of the table. */
    static final int ABSENT = -1;

    private SourceColumns() {}

    /** A column of a file. */
    record SourceColumn(String name, OptionalInt fieldId) {
        static SourceColumn named(String name) {
            return new SourceColumn(name, OptionalInt.empty());
        }
    }

    /**
     * The place in the file of each column, or {@link #ABSENT}.
     *
     * @throws TarnException INVALID naming file and column: for columns that the table lacks, for names that are there twice,
     *     and for rules that this file cannot follow
     */
    static int[] places(
            String location, List<SourceColumn> found, List<Types.NestedField> columns, ColumnMapping mapping) {
        Places places = new Places(BadRowException.fileName(location), found, columns, mapping);
        int[] result = mapping.columns().isEmpty() ? places.matched() : places.chosen();
        places.refuseMissing(result);
        return result;
    }

    /** Names compare under the rule. */
    static String comparable(String name, ColumnMapping.By by) {
        return by == ColumnMapping.By.NAME_IGNORING_CASE ? name.toLowerCase(Locale.ROOT) : name;
    }

    private record Places(
            String file, List<SourceColumn> found, List<Types.NestedField> columns, ColumnMapping mapping) {
        int[] matched() {
            int[] places = new int[columns.size()];
            Arrays.fill(places, ABSENT);
            for (int i = 0; i < found.size(); i++) {
                int column = columnFor(i);
                if (column == ABSENT) {
                    refuseExtra(i);
                } else if (places[column] != ABSENT) {
                    throw invalid("has two columns for '%s'; leave one out with an explicit list of columns"
                            .formatted(columns.get(column).name()));
                } else {
                    places[column] = i;
                }
            }
            if (!columns.isEmpty() && Arrays.stream(places).allMatch(place -> place == ABSENT)) {
                throw invalid("has no column of the table; check the format and how columns are matched");
            }
            return places;
        }

        int[] chosen() {
            int[] places = new int[columns.size()];
            Arrays.fill(places, ABSENT);
            for (Map.Entry<String, String> pair : mapping.columns().entrySet()) {
                places[tableColumn(pair.getKey())] = fileColumn(pair.getValue());
            }
            return places;
        }

        private int columnFor(int place) {
            SourceColumn source = found.get(place);
            return switch (mapping.by()) {
                case NAME, NAME_IGNORING_CASE -> columnNamed(source.name());
                case FIELD_ID -> columnWithId(source);
                case POSITION -> place < columns.size() ? place : ABSENT;
            };
        }

        private int columnNamed(String name) {
            int match = ABSENT;
            for (int i = 0; i < columns.size(); i++) {
                if (same(columns.get(i).name(), name)) {
                    if (match != ABSENT) {
                        throw invalid(
                                "has a column '%s' that fits two columns of the table; match with upper and lower case"
                                        .formatted(name));
                    }
                    match = i;
                }
            }
            return match;
        }

        private int columnWithId(SourceColumn source) {
            if (source.fieldId().isEmpty()) {
                throw invalid("column '%s' has no field id; match by name".formatted(source.name()));
            }
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).fieldId() == source.fieldId().getAsInt()) {
                    return i;
                }
            }
            return ABSENT;
        }

        private int tableColumn(String name) {
            List<String> names = columns.stream().map(Types.NestedField::name).toList();
            int column = names.indexOf(name);
            if (column == ABSENT) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The table has no column '%s'%s".formatted(name, NearestName.hint(name, names)));
            }
            return column;
        }

        private int fileColumn(String name) {
            List<String> names = found.stream().map(SourceColumn::name).toList();
            int place = ABSENT;
            for (int i = 0; i < names.size(); i++) {
                if (same(names.get(i), name)) {
                    if (place != ABSENT) {
                        throw invalid("has two columns '%s'".formatted(name));
                    }
                    place = i;
                }
            }
            if (place == ABSENT) {
                throw invalid("has no column '%s'%s".formatted(name, NearestName.hint(name, names)));
            }
            return place;
        }

        private void refuseExtra(int place) {
            if (mapping.extra() == ColumnMapping.Extra.REFUSE) {
                String name = found.get(place).name();
                List<String> known =
                        columns.stream().map(Types.NestedField::name).toList();
                throw invalid(
                        "has a column '%s' that the table lacks%s; add the column to the table, ignore extra columns or let the table evolve"
                                .formatted(name, NearestName.hint(name, known)));
            }
        }

        void refuseMissing(int[] places) {
            for (int i = 0; i < places.length; i++) {
                Types.NestedField column = columns.get(i);
                if (places[i] == ABSENT && column.isRequired() && column.writeDefault() == null) {
                    throw invalid("has nothing for column '%s', which the table requires".formatted(column.name()));
                }
            }
        }

        private boolean same(String one, String other) {
            return comparable(one, mapping.by()).equals(comparable(other, mapping.by()));
        }

        private TarnException invalid(String what) {
            return new TarnException(ErrorKind.INVALID, file + " " + what);
        }
    }
}
