package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.scan.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a statement into tokens, with strings, quoted identifiers, dollar quotes and (nested) comments as the engine sees
 * them. Refuses what is too long or nested too deeply before any parser sees it. Confined to one call.
 */
final class SqlTokenizer {
    /** Longest statement, in characters; the engine's parser needs a multiple of it in memory. */
    static final int MAX_LENGTH = 256 * 1024;

    /** Deepest nesting of brackets and CASE; the engine's parser works recursively. */
    static final int MAX_NESTING = 200;

    /** Most arms of set operations; each is a level of the engine's plan. */
    static final int MAX_SET_OPERATIONS = 1000;

    private final String sql;
    private final List<SqlToken> tokens = new ArrayList<>();
    private int at;

    private SqlTokenizer(String sql) {
        this.sql = sql;
    }

    /**
     * The tokens of a statement, comments and white space left out.
     *
     * @throws TarnException INVALID if it is too long, too deep, or a quote or comment has no end
     */
    static List<SqlToken> tokens(String sql) {
        if (sql.length() > MAX_LENGTH) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The statement is %d characters long; the limit is %d".formatted(sql.length(), MAX_LENGTH));
        }
        SqlTokenizer tokenizer = new SqlTokenizer(sql);
        tokenizer.run();
        refuseDepth(tokenizer.tokens);
        return tokenizer.tokens;
    }

    private static void refuseDepth(List<SqlToken> tokens) {
        int depth = 0;
        int setOperations = 0;
        for (SqlToken token : tokens) {
            switch (token.text()) {
                case "(", "[", "{" -> depth++;
                case ")", "]", "}" -> depth--;
                default -> {
                    if (token.is("case")) {
                        depth++;
                    } else if (token.is("end")) {
                        depth = Math.max(0, depth - 1);
                    } else if (token.is("union") || token.is("except") || token.is("intersect")) {
                        setOperations++;
                    }
                }
            }
            if (depth > MAX_NESTING || setOperations > MAX_SET_OPERATIONS) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The statement is nested too deeply at character %d; the limits are %d levels and %d set operations"
                                .formatted(token.start() + 1, MAX_NESTING, MAX_SET_OPERATIONS));
            }
        }
    }

    private void run() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else {
                token(c);
            }
        }
    }

    private void token(char c) {
        int start = at;
        if ((c == 'e' || c == 'E') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
            at++;
            quoted('\'', true);
            add(Kind.STRING, start);
        } else if (c == '\'') {
            quoted('\'', false);
            add(Kind.STRING, start);
        } else if (c == '"') {
            quoted('"', false);
            add(Kind.QUOTED_IDENTIFIER, start);
        } else if (c == '$' && dollarTag() != null) {
            String tag = String.valueOf(dollarTag());
            int end = sql.indexOf(tag, at + tag.length());
            if (end < 0) {
                throw unfinished(start);
            }
            at = end + tag.length();
            add(Kind.STRING, start);
        } else if (isWordPart(c) && !isDigit(c)) {
            while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '$')) {
                at++;
            }
            add(Kind.WORD, start);
        } else if (isDigit(c)) {
            while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '.')) {
                at++;
            }
            add(Kind.NUMBER, start);
        } else {
            at += sql.startsWith("=>", at) ? 2 : 1;
            add(Kind.SYMBOL, start);
        }
    }

    private void add(Kind kind, int start) {
        tokens.add(new SqlToken(kind, sql.substring(start, at), start, at));
    }

    private void quoted(char quote, boolean backslash) {
        int start = at;
        for (at++; at < sql.length(); at++) {
            char c = sql.charAt(at);
            if (backslash && c == '\\') {
                at++;
            } else if (c == quote) {
                if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
                    at++;
                } else {
                    at++;
                    return;
                }
            }
        }
        throw unfinished(start);
    }

    private @Nullable String dollarTag() {
        int end = at + 1;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
            end++;
        }
        boolean parameter = end > at + 1 && isDigit(sql.charAt(at + 1));
        return !parameter && end < sql.length() && sql.charAt(end) == '$' ? sql.substring(at, end + 1) : null;
    }

    private void skipComment() {
        int start = at;
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
            if (at > sql.length() || (at == sql.length() && depth > 0)) {
                throw unfinished(start);
            }
        } while (depth > 0);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordPart(char c) {
        return c == '_' || Character.isLetterOrDigit(c) || c >= 0x80;
    }

    private static TarnException unfinished(int start) {
        return new TarnException(
                ErrorKind.INVALID,
                "The quote or comment that begins at character %d of the statement has no end".formatted(start + 1));
    }
}
