package dev.tarn.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command talks to: results go to {@code out}, progress and messages to {@code err}. Not thread-safe; nobody
 * closes the streams.
 *
 * @param in statements and answers
 * @param out results and nothing else
 * @param err progress and messages
 * @param environment the environment variables
 */
public record Console(InputStream in, OutputStream out, PrintStream err, Map<String, String> environment) {
    /** Copies the environment. */
    public Console {
        environment = Map.copyOf(environment);
    }

    /** The streams and the environment of this process. */
    public static Console ofProcess() {
        return new Console(System.in, System.out, System.err, System.getenv());
    }

    /** Prints a message for people. */
    public void say(String message) {
        err.println(message);
        err.flush();
    }
}
