package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.scan.SqlToken.Kind;
import dev.tarn.flight.scan.TimeTravel.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@code AT (VERSION => …)} and {@code FOR VERSION AS OF …} out of a statement, since the engine's grammar knows only
 * a part of them. They are replaced by spaces, so that every position stays what it was.
 *
 * @param sql the statement without the clauses
 * @param clauses in the order of the text
 */
record TimeTravelClauses(String sql, List<TimeTravel> clauses) {
    TimeTravelClauses {
        clauses = List.copyOf(clauses);
    }

    private record Clause(TimeTravel wish, int nextToken) {}

    static TimeTravelClauses takeOut(String sql, List<SqlToken> tokens) {
        StringBuilder rest = new StringBuilder(sql);
        List<TimeTravel> found = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Clause clause = clauseAt(tokens, i);
            if (clause != null) {
                found.add(clause.wish());
                int end = tokens.get(clause.nextToken() - 1).end();
                for (int c = tokens.get(i).start(); c < end; c++) {
                    rest.setCharAt(c, ' ');
                }
                i = clause.nextToken() - 1;
            }
        }
        return new TimeTravelClauses(rest.toString(), found);
    }

    /** The wish that belongs to a table whose name ends at a position, given where the next table's name begins. */
    Optional<TimeTravel> between(int nameEnd, int nextNameStart) {
        return clauses.stream()
                .filter(wish -> wish.position() >= nameEnd && wish.position() < nextNameStart)
                .findFirst();
    }

    private static @Nullable Clause clauseAt(List<SqlToken> tokens, int i) {
        if (token(tokens, i).is("at")
                && token(tokens, i + 1).is("(")
                && token(tokens, i + 3).is("=>")) {
            return atClause(tokens, i);
        }
        boolean asOf = token(tokens, i).is("for")
                && token(tokens, i + 2).is("as")
                && token(tokens, i + 3).is("of");
        return asOf ? forClause(tokens, i) : null;
    }

    private static Clause atClause(List<SqlToken> tokens, int i) {
        int closing = i + 4;
        while (!token(tokens, closing).is(")") && closing < tokens.size()) {
            closing++;
        }
        SqlToken unit = token(tokens, i + 2);
        List<SqlToken> value = tokens.subList(i + 4, Math.min(closing, tokens.size()));
        return new Clause(wish(unit, value, tokens.get(i)), Math.min(closing + 1, tokens.size()));
    }

    private static Clause forClause(List<SqlToken> tokens, int i) {
        int end = i + 4;
        boolean typed = token(tokens, end).is("timestamp") || token(tokens, end).is("date");
        boolean signed = token(tokens, end).is("-");
        end = Math.min(end + (typed || signed ? 2 : 1), tokens.size());
        return new Clause(wish(token(tokens, i + 1), tokens.subList(i + 4, end), tokens.get(i)), end);
    }

    private static TimeTravel wish(SqlToken unit, List<SqlToken> value, SqlToken start) {
        boolean typed = value.size() == 2
                && (value.get(0).is("timestamp") || value.get(0).is("date"));
        if (value.size() == (typed ? 2 : 1)) {
            SqlToken literal = value.get(value.size() - 1);
            boolean text = literal.kind() == Kind.STRING && literal.text().startsWith("'");
            switch (unit.text().toUpperCase(Locale.ROOT)) {
                case "VERSION", "SYSTEM_VERSION", "SNAPSHOT" -> {
                    if (text && !typed) {
                        return new TimeTravel(Unit.REFERENCE, literal.unquoted(), start.start());
                    }
                    if (literal.kind() == Kind.NUMBER) {
                        return new TimeTravel(Unit.SNAPSHOT_ID, literal.text(), start.start());
                    }
                }
                case "TAG", "BRANCH" -> {
                    if (text && !typed) {
                        Unit kind = unit.is("tag") ? Unit.TAG : Unit.BRANCH;
                        return new TimeTravel(kind, literal.unquoted(), start.start());
                    }
                }
                case "TIMESTAMP", "SYSTEM_TIME" -> {
                    if (text) {
                        return new TimeTravel(Unit.TIMESTAMP, literal.unquoted(), start.start());
                    }
                }
                default -> {
                    // Refused below.
                }
            }
        }
        throw new TarnException(
                ErrorKind.INVALID,
                ("Cannot read the time travel clause at character %d: expected VERSION with a snapshot id or a quoted tag or "
                                + "branch, TAG or BRANCH with a quoted name, or TIMESTAMP with a quoted time")
                        .formatted(start.start() + 1));
    }

    private static SqlToken token(List<SqlToken> tokens, int i) {
        return i < tokens.size() ? tokens.get(i) : new SqlToken(Kind.SYMBOL, "", 0, 0);
    }
}
