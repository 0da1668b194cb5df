package dev.tarn.flight.scan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.scan.SqlToken.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a statement reads, found in the engine's own syntax tree. Only what is known to be harmless passes: kinds of nodes,
 * of table references and of table functions are allow-lists, so that an unknown construct is refused.
 */
public final class StatementAnalysis {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Set<String> QUERY_NODES =
            Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");
    private static final Set<String> TABLE_NODES =
            Set.of("BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT");
    private static final Set<String> TABLE_FUNCTIONS =
            Set.of("range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree");

    /** Scalar functions that show the engine's surroundings. */
    private static final Set<String> CLOSED_FUNCTIONS =
            Set.of("current_setting", "getenv", "getvariable", "nextval", "currval", "write_log", "set_config");

    private final String sql;
    private final List<SqlToken> tokens;
    private final TimeTravelClauses travel;
    private final int[] characterOfByte;
    private final List<TableReference> found = new ArrayList<>();
    private final IdentityHashMap<JsonNode, List<JsonNode>> conditions = new IdentityHashMap<>();

    private @Nullable ColumnUse columns;

    private StatementAnalysis(String original) {
        this.tokens = withoutFinalSemicolon(SqlTokenizer.tokens(original));
        this.travel = TimeTravelClauses.takeOut(original, tokens);
        int end = tokens.isEmpty() ? 0 : tokens.get(tokens.size() - 1).end();
        this.sql = travel.sql().substring(0, end);
        this.characterOfByte = characterOfByte(sql);
    }

    /**
     * Analyses a statement.
     *
     * @param parser gives the engine's syntax tree as JSON
     * @throws TarnException INVALID for bad SQL, UNSUPPORTED for other statements than queries, FORBIDDEN for functions that
     *     reach outside of the tables
     */
    public static StatementAnalysis of(String sql, Function<String, String> parser) {
        StatementAnalysis analysis = new StatementAnalysis(sql);
        if (analysis.tokens.isEmpty()) {
            throw new TarnException(ErrorKind.INVALID, "The statement is empty");
        }
        analysis.read(parser.apply(analysis.sql));
        return analysis;
    }

    /** The statement without time travel clauses and without a final semicolon; positions count in it. */
    String sql() {
        return sql;
    }

    /** The columns that the statement can touch. */
    ColumnUse columns() {
        return Objects.requireNonNull(columns, "read first");
    }

    /** The tables read, in the order of the text. */
    List<TableReference> tables() {
        return List.copyOf(found);
    }

    private static List<SqlToken> withoutFinalSemicolon(List<SqlToken> tokens) {
        int end = tokens.size();
        while (end > 0 && tokens.get(end - 1).is(";")) {
            end--;
        }
        return tokens.subList(0, end);
    }

    private void read(String json) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new TarnException(ErrorKind.INVALID, "The statement is too complex to be analysed", e);
        }
        if (tree.path("error").asBoolean()) {
            throw syntaxError(tree);
        }
        if (tree.path("statements").size() != 1) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Expected one statement but found %d; send them one by one"
                            .formatted(tree.path("statements").size()));
        }
        visit(tree.path("statements").get(0), Set.of());
        found.sort(Comparator.comparingInt(TableReference::start));
        attachTravel();
        columns = ColumnUse.of(tree, found);
    }

    private TarnException syntaxError(JsonNode tree) {
        String message = tree.path("error_message").asText();
        if (!tree.path("error_type").asText().equals("parser")) {
            return new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Only queries are supported (SELECT, WITH, VALUES, FROM); this statement begins with '%s'"
                            .formatted(
                                    tokens.get(0).kind() == Kind.WORD
                                            ? tokens.get(0).text()
                                            : "another token"));
        }
        String position = tree.path("position").asText("");
        String at = position.isEmpty() ? "" : " at character " + (character(Long.parseLong(position)) + 1);
        return new TarnException(ErrorKind.INVALID, "Cannot parse the statement%s: %s".formatted(at, message));
    }

    private void visit(JsonNode node, Set<String> commonTables) {
        if (node.isArray()) {
            node.forEach(child -> visit(child, commonTables));
            return;
        }
        if (!node.isObject()) {
            return;
        }
        Set<String> visible = commonTables;
        String type = node.path("type").asText();
        if (node.has("cte_map")) {
            requireKnown(QUERY_NODES, type, "query");
            visible = visitCommonTables(node.path("cte_map").path("map"), commonTables);
            noteConditions(node);
        } else if (isTableNode(node)) {
            requireKnown(TABLE_NODES, type, "table reference");
            checkTable(node, type, visible);
        } else if (type.equals("FUNCTION")) {
            requireHarmless(node.path("function_name").asText());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getKey().equals("cte_map")) {
                visit(field.getValue(), visible);
            }
        }
    }

    private static boolean isTableNode(JsonNode node) {
        return node.has("alias") && node.has("sample") && !node.has("class");
    }

    private Set<String> visitCommonTables(JsonNode entries, Set<String> outer) {
        Set<String> visible = new HashSet<>(outer);
        for (JsonNode entry : entries) {
            String name = entry.path("key").asText().toLowerCase(Locale.ROOT);
            JsonNode value = entry.path("value");
            Set<String> inside = visible;
            JsonNode query = value.path("query_node");
            if (query.isMissingNode()) {
                throw unknown("common table expression", "of an unknown form");
            }
            if (query.path("type").asText().equals("RECURSIVE_CTE_NODE")) {
                inside = new HashSet<>(visible);
                inside.add(name);
            }
            visit(value, inside);
            visible.add(name);
        }
        return visible;
    }

    private void checkTable(JsonNode node, String type, Set<String> commonTables) {
        if (type.equals("TABLE_FUNCTION")) {
            String name = node.path("function").path("function_name").asText();
            if (!TABLE_FUNCTIONS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new TarnException(
                        ErrorKind.FORBIDDEN,
                        "The table function '%s' is not open to statements; tables come from the catalog"
                                .formatted(name));
            }
        }
        if (type.equals("BASE_TABLE")) {
            List<String> path = new ArrayList<>();
            node.path("qualified_name").path("path").forEach(part -> path.add(part.asText()));
            boolean common =
                    path.size() == 1 && commonTables.contains(path.get(0).toLowerCase(Locale.ROOT));
            if (!common) {
                found.add(reference(node, path));
            }
        }
    }

    private TableReference reference(JsonNode node, List<String> path) {
        long offset = node.path("query_location").asLong(-1);
        if (offset < 0 || offset >= characterOfByte.length || path.isEmpty()) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "This form of naming a table is not supported; write SELECT ... FROM %s"
                            .formatted(String.join(".", path)));
        }
        int start = character(offset);
        return new TableReference(
                start,
                endOfName(start, path.size()),
                path,
                node.path("alias").asText(),
                Optional.empty(),
                conditions.getOrDefault(node, List.of()));
    }

    private int endOfName(int start, int parts) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).start() == start) {
                int last = i + 2 * (parts - 1);
                if (last < tokens.size()) {
                    return tokens.get(last).end();
                }
            }
        }
        throw new TarnException(
                ErrorKind.UNSUPPORTED,
                "Cannot find the table name at character %d of the statement".formatted(start + 1));
    }

    private void attachTravel() {
        int attached = 0;
        for (int i = 0; i < found.size(); i++) {
            TableReference table = found.get(i);
            int next = i + 1 < found.size() ? found.get(i + 1).start() : Integer.MAX_VALUE;
            var wish = travel.between(table.end(), next).filter(clause -> onlyAlias(table.end(), clause.position()));
            attached += wish.isPresent() ? 1 : 0;
            found.set(
                    i,
                    new TableReference(
                            table.start(), table.end(), table.path(), table.alias(), wish, table.conditions()));
        }
        if (attached != travel.clauses().size()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A time travel clause must follow the table that it is meant for, once per table");
        }
    }

    /** Whether nothing but an alias stands between a table name and its time travel clause. */
    private boolean onlyAlias(int nameEnd, int clauseStart) {
        List<SqlToken> between = tokens.stream()
                .filter(token -> token.start() >= nameEnd && token.end() <= clauseStart)
                .toList();
        return between.size() <= 2
                && between.stream()
                        .allMatch(token -> token.kind() == Kind.WORD || token.kind() == Kind.QUOTED_IDENTIFIER);
    }

    /** The conjuncts of WHERE count for the tables that are joined without outer joins and without samples. */
    private void noteConditions(JsonNode select) {
        JsonNode where = select.path("where_clause");
        if (!where.isObject() || select.path("sample").isObject()) {
            return;
        }
        List<JsonNode> conjuncts = new ArrayList<>();
        flatten(where, conjuncts);
        noteTables(select.path("from_table"), conjuncts);
    }

    private void noteTables(JsonNode table, List<JsonNode> conjuncts) {
        if (table.path("sample").isObject()) {
            return;
        }
        String type = table.path("type").asText();
        if (type.equals("BASE_TABLE")) {
            conditions.put(table, conjuncts);
        } else if (type.equals("JOIN")
                && table.path("join_type").asText().equals("INNER")
                && Set.of("REGULAR", "CROSS").contains(table.path("ref_type").asText())) {
            noteTables(table.path("left"), qualified(conjuncts));
            noteTables(table.path("right"), qualified(conjuncts));
        }
    }

    /** In a join only a qualified column says which table it belongs to. */
    private static List<JsonNode> qualified(List<JsonNode> conjuncts) {
        return conjuncts.stream()
                .filter(conjunct -> conjunct.findValues("column_names").stream().allMatch(names -> names.size() == 2))
                .toList();
    }

    private static void flatten(JsonNode condition, List<JsonNode> conjuncts) {
        if (condition.path("type").asText().equals("CONJUNCTION_AND")) {
            condition.path("children").forEach(child -> flatten(child, conjuncts));
        } else {
            conjuncts.add(condition);
        }
    }

    private static void requireHarmless(String function) {
        String name = function.toLowerCase(Locale.ROOT);
        if (name.startsWith("tarn_") || CLOSED_FUNCTIONS.contains(name)) {
            throw new TarnException(
                    ErrorKind.FORBIDDEN, "The function '%s' is not open to statements".formatted(function));
        }
    }

    private static void requireKnown(Set<String> known, String type, String what) {
        if (!known.contains(type)) {
            throw unknown(what, type);
        }
    }

    private static TarnException unknown(String what, String type) {
        return new TarnException(
                ErrorKind.UNSUPPORTED,
                "A %s of kind '%s' is not supported; write the statement as a SELECT".formatted(what, type));
    }

    private int character(long byteOffset) {
        return characterOfByte[(int) Math.min(byteOffset, characterOfByte.length - 1)];
    }

    /** The engine counts bytes of UTF-8; Java counts UTF-16 units. */
    private static int[] characterOfByte(String sql) {
        int[] map = new int[sql.getBytes(StandardCharsets.UTF_8).length + 1];
        int at = 0;
        for (int i = 0; i < sql.length(); ) {
            int codePoint = sql.codePointAt(i);
            int bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            for (int b = 0; b < bytes && at < map.length; b++) {
                map[at++] = i;
            }
            i += Character.charCount(codePoint);
        }
        map[map.length - 1] = sql.length();
        return map;
    }
}
