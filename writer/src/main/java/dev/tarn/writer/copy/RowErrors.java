package dev.tarn.writer.copy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts rows that do not fit, keeps the first reasons and writes the rejects file. Confined to one thread. */
final class RowErrors implements AutoCloseable {
    /** Reasons that are kept in memory; the rejects file has all. */
    private static final int MAX_KEPT = 100;

    private final ObjectMapper mapper = new ObjectMapper();
    private final BadRows rules;
    private final WhenBad whenBad;
    private final List<String> firstErrors = new ArrayList<>();
    private @Nullable BufferedWriter out;
    private long count;

    /** What one bad row means for the reading that goes on. */
    enum WhenBad {
        THROW,
        COUNT,
        COUNT_UP_TO_LIMIT
    }

    RowErrors(BadRows rules, WhenBad whenBad) {
        this.rules = rules;
        this.whenBad = whenBad;
    }

    /** Takes a file that cannot be read to its end, or has columns that do not fit. */
    void addFile(String location, TarnException failure) {
        count++;
        if (firstErrors.size() < MAX_KEPT) {
            firstErrors.add(String.valueOf(failure.getMessage()));
        }
        rules.rejects().ifPresent(path -> {
            ObjectNode line = mapper.createObjectNode();
            line.put("file", location);
            line.put("reason", String.valueOf(failure.getMessage()));
            write(path, line);
        });
    }

    /** Takes a bad row, or throws it on if bad rows end the load. */
    void add(BadRowException row) {
        if (whenBad == WhenBad.THROW) {
            throw row;
        }
        if (isFull()) {
            return;
        }
        count++;
        if (firstErrors.size() < MAX_KEPT) {
            firstErrors.add(String.valueOf(row.getMessage()));
        }
        rules.rejects().ifPresent(path -> write(path, line(row)));
        if (whenBad == WhenBad.COUNT && count > rules.maxErrors()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "More than %d rows do not fit, so nothing was loaded; the last was %s"
                            .formatted(rules.maxErrors(), row.getMessage()));
        }
    }

    /** Whether a validation has seen enough. */
    boolean isFull() {
        return whenBad == WhenBad.COUNT_UP_TO_LIMIT && count >= rules.maxErrors();
    }

    /** Rows that did not fit. */
    long count() {
        return count;
    }

    List<String> firstErrors() {
        return firstErrors;
    }

    @Override
    public void close() {
        BufferedWriter open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close the rejects file", e);
            }
        }
    }

    private ObjectNode line(BadRowException row) {
        ObjectNode line = mapper.createObjectNode();
        line.put("file", row.location());
        line.put(row.unit(), row.number());
        if (!row.column().isEmpty()) {
            line.put("column", row.column());
        }
        line.put("reason", row.reason());
        if (rules.content() == BadRows.Content.INCLUDED && !row.raw().isEmpty()) {
            line.put("data", row.raw());
        }
        return line;
    }

    private void write(Path path, ObjectNode line) {
        try {
            BufferedWriter open = out;
            if (open == null) {
                open = Files.newBufferedWriter(path);
                out = open;
            }
            open.write(mapper.writeValueAsString(line));
            open.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the rejects file " + path, e);
        }
    }
}
