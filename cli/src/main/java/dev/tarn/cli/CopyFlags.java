package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.BadRows;
import dev.tarn.writer.copy.ColumnMapping;
import dev.tarn.writer.copy.CopyFormat;
import dev.tarn.writer.copy.CopyOptions;
import dev.tarn.writer.copy.CsvLayout;
import dev.tarn.writer.copy.ValueFormats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags of {@code tarn copy} that say how files are read. */
final class CopyFlags {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "parquet, arrow, csv or json; default by file name.")
    private String format = "";

    @Option(names = "--delimiter", paramLabel = "CHAR", description = "Of CSV files; default a comma, in .tsv a tab.")
    private String delimiter = "";

    @Option(names = "--quote", paramLabel = "CHAR", description = "Of CSV files; default a double quote.")
    private String quote = "";

    @Option(
            names = "--null-text",
            paramLabel = "TEXT",
            description = "What stands for null in CSV files; default an empty field. May be repeated.")
    private List<String> nullTexts = new ArrayList<>();

    @Option(names = "--no-header", description = "CSV files begin with a row; columns are called 1, 2, ...")
    private boolean noHeader;

    @Option(names = "--date-format", paramLabel = "PATTERN", description = "Of dates in text files, as dd.MM.yyyy.")
    private String dateFormat = "";

    @Option(
            names = "--timestamp-format",
            paramLabel = "PATTERN",
            description = "Of timestamps in text files, as 'dd.MM.yyyy HH:mm:ss'.")
    private String timestampFormat = "";

    @Option(
            names = "--match",
            paramLabel = "HOW",
            description = "Columns by name, name-ignoring-case, id or position; default name.")
    private String match = "name";

    @Option(
            names = "--columns",
            paramLabel = "COLUMN[=NAME],...",
            description = "Load these columns of the table only, each from the column of the file with that name.")
    private String columns = "";

    @Option(names = "--ignore-extra", description = "Pass over columns of the files that the table lacks.")
    private boolean ignoreExtra;

    @Option(names = "--evolve", description = "Add columns to the table that it lacks.")
    private boolean evolve;

    @Option(
            names = "--on-error",
            paramLabel = "RULE",
            description = "For rows that do not fit: abort, continue without the row, or skip-file; default abort.")
    private String onError = "abort";

    @Option(names = "--max-errors", paramLabel = "N", description = "More bad rows than this end the load.")
    private String maxErrors = "";

    @Option(names = "--rejects", paramLabel = "FILE", description = "Gets a JSON line for each bad row.")
    private String rejects = "";

    @Option(names = "--rejects-include-data", description = "Write the rows themselves into the rejects file too.")
    private boolean includeData;

    CopyOptions apply(CopyOptions options) {
        CopyOptions read = options.withCsv(csv())
                .withValues(values())
                .withMapping(mapping())
                .withBadRows(badRows());
        return format.isEmpty() ? read : read.withFormat(format());
    }

    private CsvLayout csv() {
        return new CsvLayout(
                delimiter.isEmpty() ? CsvLayout.DEFAULT.delimiter() : character("--delimiter", delimiter),
                quote.isEmpty() ? CsvLayout.DEFAULT.quote() : character("--quote", quote),
                nullTexts.isEmpty() ? CsvLayout.DEFAULT.nullTexts() : nullTexts,
                noHeader ? CsvLayout.Header.NONE : CsvLayout.Header.NAMES);
    }

    private static char character(String flag, String text) {
        if (text.equals("\\t")) {
            return '\t';
        }
        if (text.length() != 1) {
            throw invalid(flag, "one character or \\t", text);
        }
        return text.charAt(0);
    }

    private ValueFormats values() {
        try {
            return new ValueFormats(optional(dateFormat), optional(timestampFormat));
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "--date-format and --timestamp-format",
                    "patterns such as dd.MM.yyyy",
                    String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private ColumnMapping mapping() {
        ColumnMapping.By by =
                switch (match) {
                    case "name" -> ColumnMapping.By.NAME;
                    case "name-ignoring-case" -> ColumnMapping.By.NAME_IGNORING_CASE;
                    case "id" -> ColumnMapping.By.FIELD_ID;
                    case "position" -> ColumnMapping.By.POSITION;
                    default -> throw invalid("--match", "name, name-ignoring-case, id or position", match);
                };
        if (ignoreExtra && evolve) {
            throw new TarnException(ErrorKind.INVALID, "Give one of --ignore-extra and --evolve");
        }
        ColumnMapping.Extra other = ignoreExtra ? ColumnMapping.Extra.IGNORE : ColumnMapping.Extra.REFUSE;
        return new ColumnMapping(by, chosenColumns(), evolve ? ColumnMapping.Extra.EVOLVE : other);
    }

    private Map<String, String> chosenColumns() {
        Map<String, String> chosen = new LinkedHashMap<>();
        for (String pair : columns.isEmpty() ? List.<String>of() : List.of(columns.split(",", -1))) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String inFile = equals < 0 ? pair : pair.substring(equals + 1);
            if (name.isBlank() || inFile.isBlank() || chosen.put(name.strip(), inFile.strip()) != null) {
                throw invalid("--columns", "different columns as a,b=name", columns);
            }
        }
        return chosen;
    }

    private BadRows badRows() {
        BadRows rows =
                switch (onError) {
                    case "abort" -> BadRows.ABORT;
                    case "continue" -> BadRows.SKIP_ROW;
                    case "skip-file" -> BadRows.SKIP_FILE;
                    default -> throw invalid("--on-error", "abort, continue or skip-file", onError);
                };
        if (!maxErrors.isEmpty()) {
            if (!maxErrors.matches("\\d{1,18}")) {
                throw invalid("--max-errors", "a number", maxErrors);
            }
            rows = rows.withMaxErrors(Long.parseLong(maxErrors));
        }
        BadRows.Content content = includeData ? BadRows.Content.INCLUDED : BadRows.Content.LEFT_OUT;
        return rejects.isEmpty() ? rows : rows.withRejects(Path.of(rejects), content);
    }

    private CopyFormat format() {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "parquet" -> CopyFormat.PARQUET;
            case "arrow" -> CopyFormat.ARROW;
            case "csv" -> CopyFormat.CSV;
            case "json", "jsonl", "ndjson" -> CopyFormat.JSON_LINES;
            default -> throw invalid("--format", "parquet, arrow, csv or json", format);
        };
    }

    private static TarnException invalid(String flag, String expected, String found) {
        return new TarnException(ErrorKind.INVALID, "%s must be %s but was '%s'".formatted(flag, expected, found));
    }
}
