package dev.tarn.writer.copy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts rows that were left out, keeps the first reasons and writes the rejects file. Confined to one thread. */
final class RejectedRows implements AutoCloseable {
    /** Reasons that are kept in memory; the rejects file has all. */
    private static final int MAX_ERRORS = 20;

    private final ObjectMapper mapper = new ObjectMapper();
    private final BadRows rule;
    private final List<String> firstErrors = new ArrayList<>();
    private @Nullable BufferedWriter out;
    private long count;

    RejectedRows(BadRows rule) {
        this.rule = rule;
    }

    /** Takes a bad row, or throws it on if bad rows end the load. */
    void add(BadRowException row) {
        if (rule.rule() == BadRows.Rule.ABORT) {
            throw row;
        }
        count++;
        if (firstErrors.size() < MAX_ERRORS) {
            firstErrors.add(String.valueOf(row.getMessage()));
        }
        rule.rejects().ifPresent(path -> write(path, row));
    }

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

    private void write(Path path, BadRowException row) {
        try {
            BufferedWriter open = out;
            if (open == null) {
                open = Files.newBufferedWriter(path);
                out = open;
            }
            ObjectNode line = mapper.createObjectNode();
            line.put("file", row.location());
            line.put("line", row.line());
            line.put("reason", row.reason());
            line.put("row", row.raw());
            open.write(mapper.writeValueAsString(line));
            open.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the rejects file " + path, e);
        }
    }
}
