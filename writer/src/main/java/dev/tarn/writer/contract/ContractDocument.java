package dev.tarn.writer.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads YAML and JSON into nodes that know their lines. Everything that could grow is bounded: bytes, depth, pieces; aliases
 * are refused, because a few lines of them stand for gigabytes.
 */
final class ContractDocument {
    /** The largest contracts known have a few hundred kilobytes. */
    static final int MAX_BYTES = 4 << 20;

    /** Deeper than any struct that an engine reads. */
    private static final int MAX_DEPTH = 64;

    /** About what {@link #MAX_BYTES} can hold, so that the memory of a hostile file stays in the tens of megabytes. */
    private static final int MAX_NODES = 200_000;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_BYTES)
            .maxDocumentLength(MAX_BYTES)
            .build();

    private final JsonParser parser;
    private int nodes;

    private ContractDocument(JsonParser parser) {
        this.parser = parser;
    }

    /** A document that cannot be read, and where. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        Unreadable(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    /** Reads one document. JSON is told by its first letter. */
    static DocumentNode read(byte[] bytes) throws Unreadable {
        if (bytes.length > MAX_BYTES) {
            throw new Unreadable(
                    0, "the file has %d bytes but a contract may have %d".formatted(bytes.length, MAX_BYTES));
        }
        try (JsonParser parser = factory(bytes).createParser(bytes)) {
            return new ContractDocument(parser).whole();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
            String message = String.valueOf(e.getOriginalMessage());
            throw new Unreadable(line, message.lines().findFirst().orElse("not readable"));
        } catch (IOException e) {
            throw new Unreadable(0, String.valueOf(e.getMessage()));
        }
    }

    private static JsonFactory factory(byte[] bytes) {
        int first = 0;
        while (first < bytes.length && Character.isWhitespace(bytes[first])) {
            first++;
        }
        boolean json = first < bytes.length && bytes[first] == '{';
        if (json) {
            return JsonFactory.builder()
                    .streamReadConstraints(LIMITS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
        }
        return YAMLFactory.builder()
                .streamReadConstraints(LIMITS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    private DocumentNode whole() throws IOException, Unreadable {
        if (parser.nextToken() == null) {
            throw new Unreadable(1, "the file is empty");
        }
        DocumentNode root = node();
        if (parser.nextToken() != null) {
            throw new Unreadable(line(), "the file holds more than one document; keep one contract in a file");
        }
        return root;
    }

    private DocumentNode node() throws IOException, Unreadable {
        if (++nodes > MAX_NODES) {
            throw new Unreadable(line(), "the file has more than %d parts".formatted(MAX_NODES));
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new Unreadable(line(), "aliases (*name) are not read; write the value out");
        }
        int line = line();
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(line);
            case START_ARRAY -> array(line);
            case VALUE_NULL -> DocumentNode.scalar(DocumentNode.Kind.NULL, line, "");
            case VALUE_TRUE, VALUE_FALSE ->
                DocumentNode.scalar(DocumentNode.Kind.BOOLEAN, line, token == JsonToken.VALUE_TRUE ? "true" : "false");
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                DocumentNode.scalar(DocumentNode.Kind.NUMBER, line, parser.getText());
            default -> DocumentNode.scalar(DocumentNode.Kind.TEXT, line, parser.getText());
        };
    }

    private DocumentNode object(int line) throws IOException, Unreadable {
        LinkedHashMap<String, DocumentNode> entries = new LinkedHashMap<>();
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            next();
            entries.put(key, node());
        }
        return DocumentNode.map(line, entries);
    }

    private DocumentNode array(int line) throws IOException, Unreadable {
        List<DocumentNode> items = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            items.add(node());
        }
        return DocumentNode.list(line, items);
    }

    private JsonToken next() throws IOException, Unreadable {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new Unreadable(line(), "the file ends too early");
        }
        return token;
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
