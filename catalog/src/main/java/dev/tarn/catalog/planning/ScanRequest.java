package dev.tarn.catalog.planning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.rest.requests.PlanTableScanRequest;
import org.apache.iceberg.rest.requests.PlanTableScanRequestParser;
import org.jspecify.annotations.Nullable;

/**
 * A request for a plan, read within limits, as it is also kept in tokens. Immutable, thread-safe.
 *
 * @param snapshotId snapshot of a point-in-time scan, null for the current one
 * @param startSnapshotId begin of an incremental scan, exclusive; null for a point-in-time scan
 * @param endSnapshotId end of an incremental scan, inclusive
 * @param useSnapshotSchema whether names mean the columns that the snapshot was written with
 * @param caseSensitive whether names must match in case
 * @param filter which rows are wanted
 * @param statsFields columns whose statistics are wanted
 * @param minRows rows that are enough, null for all
 * @param json the request as it is kept in tokens
 */
record ScanRequest(
        @Nullable Long snapshotId,
        @Nullable Long startSnapshotId,
        @Nullable Long endSnapshotId,
        boolean useSnapshotSchema,
        boolean caseSensitive,
        Expression filter,
        List<String> statsFields,
        @Nullable Long minRows,
        String json) {
    /** Predicates and connectives; more than any engine generates, few enough to be bound per partition. */
    static final int MAX_NODES = 10_000;

    /** Literals of all predicates together. */
    static final int MAX_LITERALS = 100_000;

    /** Evaluation is recursive: a bound for the stack. */
    static final int MAX_DEPTH = 200;

    /** Columns that may be named; wider tables exist, but nobody asks for more statistics at once. */
    private static final int MAX_NAMES = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    ScanRequest {
        statsFields = List.copyOf(statsFields);
    }

    /**
     * Reads a request.
     *
     * @param schema helps where a literal means nothing without its column's type
     * @throws BadRequestException if it is malformed or beyond a limit
     */
    static ScanRequest of(JsonNode body, Schema schema) {
        if (!body.isObject()) {
            throw new BadRequestException("A request for a plan must be a JSON object");
        }
        checkNames(body, "select");
        checkNames(body, "stats-fields");
        JsonNode filter = body.path("filter");
        if (!filter.isMissingNode()) {
            new Budget().count(filter, 0);
        }
        try {
            PlanTableScanRequest parsed = PlanTableScanRequestParser.fromJson(body);
            boolean caseSensitive = parsed.caseSensitive();
            Expression expression = parsed.filter() == null
                    ? Expressions.alwaysTrue()
                    : fitting(parsed.filter(), filter, schema, caseSensitive);
            return new ScanRequest(
                    parsed.snapshotId(),
                    parsed.startSnapshotId(),
                    parsed.endSnapshotId(),
                    parsed.useSnapshotSchema(),
                    caseSensitive,
                    expression,
                    parsed.statsFields() == null ? List.of() : parsed.statsFields(),
                    parsed.minRowsRequested(),
                    compact(body));
        } catch (BadRequestException e) {
            throw e;
        } catch (ValidationException
                | IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException
                | NullPointerException
                | ClassCastException e) {
            throw new BadRequestException(e, "Malformed request for a plan: %s", e.getMessage());
        }
    }

    /** Reads a request that a token kept. */
    static ScanRequest of(byte[] json, Schema schema) {
        try {
            return of(JSON.readTree(json), schema);
        } catch (java.io.IOException e) {
            throw new BadRequestException(e, "The request in a token is no JSON");
        }
    }

    boolean isIncremental() {
        return startSnapshotId != null;
    }

    byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Literals such as binary ones are only understood by the type of their column. */
    private static Expression fitting(Expression plain, JsonNode filter, Schema schema, boolean caseSensitive) {
        try {
            Expression unused = Binder.bind(schema.asStruct(), Expressions.rewriteNot(plain), caseSensitive);
            return plain;
        } catch (ValidationException | IllegalArgumentException | UnsupportedOperationException e) {
            try {
                Expression typed = ExpressionParser.fromJson(filter.toString(), schema);
                Expression unused = Binder.bind(schema.asStruct(), Expressions.rewriteNot(typed), caseSensitive);
                return typed;
            } catch (RuntimeException worse) {
                e.addSuppressed(worse);
                return plain; // The scan says what is wrong, by the schema that it is pinned to.
            }
        }
    }

    private static String compact(JsonNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree can always be written", e);
        }
    }

    private static void checkNames(JsonNode body, String field) {
        if (body.path(field).size() > MAX_NAMES) {
            throw new BadRequestException("Field '%s' may name at most %s columns", field, MAX_NAMES);
        }
    }

    /** Counts what a filter is made of. */
    private static final class Budget {
        private int nodes;
        private int literals;

        void count(JsonNode node, int depth) {
            if (depth > MAX_DEPTH) {
                throw new BadRequestException("A filter may nest at most %s levels deep", MAX_DEPTH);
            }
            if (node.isArray()) {
                literals += node.size();
            } else if (node.isObject() && node.has("type") && ++nodes > MAX_NODES) {
                throw new BadRequestException("A filter may have at most %s predicates and connectives", MAX_NODES);
            }
            if (literals > MAX_LITERALS) {
                throw new BadRequestException("A filter may have at most %s literals in its lists", MAX_LITERALS);
            }
            if (node.isContainerNode()) {
                for (JsonNode child : node) {
                    if (child.isContainerNode()) {
                        count(child, depth + 1);
                    }
                }
            }
        }
    }
}
