package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.worker.EngineFailure;

/** Says in Tarn's terms what the engine says in its own. */
final class EngineErrors {
    private EngineErrors() {}

    /** Kinds by the beginning of the engine's message; what is not listed is a mistake in the statement. */
    static TarnException translate(EngineFailure failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        ErrorKind kind = kind(message);
        return new TarnException(kind, sentence(kind, message));
    }

    private static ErrorKind kind(String message) {
        if (message.contains("Out of Memory Error") || message.contains("failed to offload")) {
            return ErrorKind.OVERLOADED;
        }
        if (message.contains("INTERRUPT Error") || message.contains("Interrupted")) {
            return ErrorKind.CANCELLED;
        }
        if (message.contains("INTERNAL Error") || message.contains("FATAL Error")) {
            return ErrorKind.INTERNAL;
        }
        if (message.contains("IO Error")) {
            return ErrorKind.UNAVAILABLE;
        }
        if (message.contains("Permission Error")) {
            return ErrorKind.FORBIDDEN;
        }
        if (message.contains("Not implemented Error")) {
            return ErrorKind.UNSUPPORTED;
        }
        boolean unknownName = message.contains("not found in FROM clause")
                || message.contains("does not have a column named")
                || message.contains("does not exist!");
        return unknownName ? ErrorKind.NOT_FOUND : ErrorKind.INVALID;
    }

    private static String sentence(ErrorKind kind, String message) {
        return switch (kind) {
            case OVERLOADED ->
                "The statement needs more memory than the engine may use; select less, or raise "
                        + "engine.memory-limit or engine.temp-limit";
            case CANCELLED -> "The statement was cancelled";
            case UNAVAILABLE -> "The engine could not read a file or write its temporary data; repeat the statement";
            case INTERNAL -> "The engine failed on a defect of its own; another form of the statement may work";
            default -> withoutValues(withoutEcho(message));
        };
    }

    /** The engine repeats the statement as it got it, which holds paths of local copies. */
    private static String withoutEcho(String message) {
        int echo = message.indexOf("\nLINE ");
        String text = (echo < 0 ? message : message.substring(0, echo)).strip();
        int prefix = text.indexOf("Error: ");
        return prefix < 0 ? text : text.substring(prefix + "Error: ".length()).replace('\n', ' ');
    }

    /** Values of rows stand in single quotes in the engine's messages, names in double ones. */
    private static String withoutValues(String message) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            boolean apostrophe = c == '\'' && i > 0 && Character.isLetter(message.charAt(i - 1)) && !inside;
            if (c == '\'' && !apostrophe) {
                text.append(inside ? "'***'" : "");
                inside = !inside;
            } else if (!inside) {
                text.append(c);
            }
        }
        return text.toString();
    }
}
