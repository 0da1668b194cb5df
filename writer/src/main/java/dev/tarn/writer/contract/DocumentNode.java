package dev.tarn.writer.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A piece of a YAML or JSON document that knows its line. Immutable.
 *
 * @param kind what it is
 * @param line where it begins, from 1
 * @param text of a scalar as it is written; else empty
 * @param entries of a map, in their order
 * @param items of a list
 */
record DocumentNode(Kind kind, int line, String text, Map<String, DocumentNode> entries, List<DocumentNode> items) {
    /** What a piece of a document is. */
    enum Kind {
        MAP,
        LIST,
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL
    }

    static DocumentNode map(int line, LinkedHashMap<String, DocumentNode> entries) {
        return new DocumentNode(Kind.MAP, line, "", entries, List.of());
    }

    static DocumentNode list(int line, List<DocumentNode> items) {
        return new DocumentNode(Kind.LIST, line, "", Map.of(), items);
    }

    static DocumentNode scalar(Kind kind, int line, String text) {
        return new DocumentNode(kind, line, text, Map.of(), List.of());
    }

    boolean isScalar() {
        return kind != Kind.MAP && kind != Kind.LIST;
    }
}
