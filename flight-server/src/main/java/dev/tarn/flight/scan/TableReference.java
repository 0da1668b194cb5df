package dev.tarn.flight.scan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A table named in a statement.
 *
 * @param start index of the first character of its name
 * @param end index after the last character of its name
 * @param path parts of the name
 * @param alias what the statement calls it; empty where it has no alias
 * @param travel the snapshot asked for; absent for the current one
 * @param conditions syntax trees that every row of the table that counts must fulfil
 */
record TableReference(
        int start, int end, List<String> path, String alias, Optional<TimeTravel> travel, List<JsonNode> conditions) {
    TableReference {
        path = List.copyOf(path);
        conditions = List.copyOf(conditions);
    }

    /** The name under which columns can be qualified. */
    String visibleName() {
        return alias.isEmpty() ? path.get(path.size() - 1) : alias;
    }
}
