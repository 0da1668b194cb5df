package dev.tarn.testkit.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A proxy for HTTP/1.1 on a free loopback port. Bytes pass unchanged, so that what a client and a server make of each
 * other's requests is what they would make of them without it. A connection that breaks on one side breaks on the other.
 * Thread-safe; whoever starts it closes it.
 */
public final class HttpProxy implements AutoCloseable {
    /** More than the clients of any test; a client beyond it is refused. */
    private static final int MAX_CONNECTIONS = 512;

    private final ServerSocket listener;
    private final Supplier<URI> upstream;
    private final Watcher watcher;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Sees every exchange, and says which connections break. Called from many threads. */
    public interface Watcher {
        /** Where the connection breaks in the exchange that this request begins. */
        default Cut cut(HttpMessage request) {
            return Cut.NONE;
        }

        /** Called with each whole exchange before the client gets the answer. */
        default void exchanged(HttpMessage request, HttpMessage response) {}
    }

    private HttpProxy(ServerSocket listener, Supplier<URI> upstream, Watcher watcher) {
        this.listener = listener;
        this.upstream = upstream;
        this.watcher = watcher;
    }

    /**
     * Starts a proxy.
     *
     * @param upstream where the server is; asked for each new connection, so a server may come back elsewhere
     */
    public static HttpProxy start(Supplier<URI> upstream, Watcher watcher) {
        try {
            HttpProxy proxy =
                    new HttpProxy(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), upstream, watcher);
            thread("proxy-accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on loopback", e);
        }
    }

    /** Where clients connect. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(HttpProxy::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (open.size() >= MAX_CONNECTIONS) {
                    closeQuietly(client);
                } else {
                    open.add(client);
                    thread("proxy-connection", () -> serve(client));
                }
            } catch (IOException e) {
                closeQuietly(listener);
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket()) {
            client.setTcpNoDelay(true);
            InputStream fromClient = new BufferedInputStream(client.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                Optional<HttpMessage> request = HttpMessage.request(fromClient);
                goesOn = request.isPresent() && relay(client, server, request.get());
            }
        } catch (IOException | RuntimeException e) {
            // The client sees the broken connection, which is all that a network would tell it.
            reset(client);
        } finally {
            open.remove(client);
        }
    }

    /** Passes one request and its answer on, and says whether the connection may be used again. */
    private boolean relay(Socket client, Socket server, HttpMessage request) throws IOException {
        Cut cut = watcher.cut(request);
        if (cut == Cut.BEFORE_REQUEST) {
            reset(client);
            return false;
        }
        if (!server.isConnected()) {
            URI address = upstream.get();
            server.connect(new InetSocketAddress(address.getHost(), address.getPort()));
            server.setTcpNoDelay(true);
        }
        byte[] sent = request.bytes();
        if (cut == Cut.WITHIN_REQUEST) {
            server.getOutputStream().write(sent, 0, sent.length / 2);
        } else {
            server.getOutputStream().write(sent);
        }
        if (cut == Cut.WITHIN_REQUEST || cut == Cut.AFTER_REQUEST) {
            reset(client);
            return false;
        }
        // No buffer is kept between answers: a server sends nothing that was not asked for.
        Optional<HttpMessage> response =
                HttpMessage.response(new BufferedInputStream(server.getInputStream()), request);
        if (response.isEmpty() || cut == Cut.BEFORE_RESPONSE) {
            reset(client);
            return false;
        }
        byte[] answer = response.get().bytes();
        if (cut == Cut.WITHIN_RESPONSE) {
            client.getOutputStream().write(answer, 0, answer.length / 2);
            return false;
        }
        watcher.exchanged(request, response.get());
        client.getOutputStream().write(answer);
        return !response.get().endsConnection() && !request.endsConnection();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is closed already.
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
