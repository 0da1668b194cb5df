package dev.tarn.catalog.store.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** Stands between a client and PostgreSQL, and can cut the next connection that commits, on either side of the COMMIT. */
final class CuttingProxy implements AutoCloseable {
    /** Where the line breaks. */
    enum Cut {
        /** Nowhere. */
        NONE,
        /** The server never hears of the COMMIT. */
        BEFORE_COMMIT,
        /** The server commits and answers, and the client never hears of it. */
        AFTER_COMMIT
    }

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NONE);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    CuttingProxy(String host, int port) {
        this.host = host;
        this.port = port;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Cuts the next connection that commits, once. */
    void cutNext(Cut cut) {
        next.set(cut);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(host, port);
                open.add(client);
                open.add(server);
                threads.execute(() -> pump(client, server, true));
                threads.execute(() -> pump(server, client, false));
            } catch (IOException e) {
                return; // Closed, or the server is away: the client notices.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean isRequest) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                boolean commits =
                        isRequest && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains("COMMIT");
                Cut cut = commits ? next.getAndSet(Cut.NONE) : Cut.NONE;
                if (cut == Cut.BEFORE_COMMIT) {
                    return;
                }
                if (cut == Cut.AFTER_COMMIT) {
                    from.shutdownOutput(); // The other pump has nobody to tell any more.
                    out.write(buffer, 0, count);
                    out.flush();
                    int unused = in.read();
                    return;
                }
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            return; // Either side went away, which closes the other one.
        }
    }
}
