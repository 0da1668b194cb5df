package dev.tarn.cli.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into statements at each {@code ;} that is not inside a string, a quoted identifier or a comment. Keeps what
 * has no {@code ;} yet, so that a shell can feed it line by line. Not thread-safe.
 */
public final class SqlSplitter {
    private final StringBuilder open = new StringBuilder();
    private State state = State.CODE;

    private enum State {
        CODE,
        STRING,
        IDENTIFIER,
        LINE_COMMENT,
        BLOCK_COMMENT
    }

    /** The statements that this text completes, without their {@code ;}; empty ones are left out. */
    public List<String> add(String text) {
        List<String> complete = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (state == State.CODE && c == ';') {
                addIfNotBlank(complete);
                continue;
            }
            char previous = open.isEmpty() ? '\0' : open.charAt(open.length() - 1);
            open.append(c);
            state = next(previous, c);
        }
        return complete;
    }

    /** Whether a statement has begun that is not complete. */
    public boolean isOpen() {
        return !open.toString().isBlank();
    }

    /** The statement at the end of the text that no {@code ;} completed, as a list of none or one. */
    public List<String> finish() {
        List<String> rest = new ArrayList<>();
        addIfNotBlank(rest);
        return rest;
    }

    private void addIfNotBlank(List<String> statements) {
        String statement = open.toString().strip();
        open.setLength(0);
        state = State.CODE;
        if (!statement.isEmpty()) {
            statements.add(statement);
        }
    }

    private State next(char previous, char c) {
        return switch (state) {
            case CODE -> afterCode(previous, c);
            // A doubled quote ends the string and begins the next at once, which comes to the same.
            case STRING -> c == '\'' ? State.CODE : State.STRING;
            case IDENTIFIER -> c == '"' ? State.CODE : State.IDENTIFIER;
            case LINE_COMMENT -> c == '\n' ? State.CODE : State.LINE_COMMENT;
            case BLOCK_COMMENT -> previous == '*' && c == '/' ? State.CODE : State.BLOCK_COMMENT;
        };
    }

    private static State afterCode(char previous, char c) {
        if (c == '\'') {
            return State.STRING;
        }
        if (c == '"') {
            return State.IDENTIFIER;
        }
        if (c == '-' && previous == '-') {
            return State.LINE_COMMENT;
        }
        return c == '*' && previous == '/' ? State.BLOCK_COMMENT : State.CODE;
    }
}
