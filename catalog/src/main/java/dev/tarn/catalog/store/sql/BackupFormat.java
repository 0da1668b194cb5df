package dev.tarn.catalog.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file of a backup: lines of JSON. The first says what it is, then one line for each row, and the last holds the number
 * of rows and the hash of all bytes before it, so that a file that was cut or changed is told from a whole one. Rows stand
 * in the order of the tables, referenced ones first, and look the same whichever database they come from.
 */
final class BackupFormat {
    static final ObjectMapper JSON = new ObjectMapper();

    static final String NAME = "tarn-catalog-backup";
    static final int VERSION = 1;

    /** Made by the migration of the database that is restored into, or derived from what is restored. */
    private static final Set<String> LEFT_OUT = Set.of("schema_version", "event_head");

    private static final Pattern TABLE = Pattern.compile("^CREATE TABLE (\\w+) ");

    private BackupFormat() {}

    /** The tables that a backup holds, referenced ones first. */
    static List<String> tables() {
        List<String> tables = new ArrayList<>();
        for (String definition : SqlTables.DEFINITIONS) {
            Matcher matcher = TABLE.matcher(definition);
            if (matcher.find() && !LEFT_OUT.contains(matcher.group(1))) {
                tables.add(matcher.group(1));
            }
        }
        return tables;
    }

    /** Whether a column belongs to the row, and not only to the way in which one database keeps it. */
    static boolean isKept(String table, String column) {
        return !(table.equals("outbox") && column.equals("id"));
    }

    static JsonNode parse(Path file, String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The file %s is no backup of a catalog: a line of it is not JSON".formatted(file),
                    e);
        }
    }
}
