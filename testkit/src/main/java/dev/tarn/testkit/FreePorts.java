package dev.tarn.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Finds TCP ports that nobody listens on. For programs that cannot pick a port themselves: between the answer and its
 * use another process may take the port, so whoever can should bind to port 0 instead. Thread-safe.
 */
public final class FreePorts {
    private FreePorts() {}

    /** A loopback port that is free at this moment. */
    public static int next() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No loopback port is free", e);
        }
    }
}
