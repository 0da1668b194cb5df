package dev.tarn.catalog.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An identity provider on loopback: publishes keys over HTTP, and signs whatever a test asks for. */
public final class IdentityProvider implements AutoCloseable {
    public static final String AUDIENCE = "lake";

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile RSAKey rsa;
    private final ECKey elliptic;
    private volatile Answer answer = Answer.KEYS;

    /** What the address of the keys answers. */
    public enum Answer {
        KEYS,
        ERROR,
        REDIRECT,
        HUGE
    }

    private IdentityProvider(HttpServer server, RSAKey rsa, ECKey elliptic) {
        this.server = server;
        this.rsa = rsa;
        this.elliptic = elliptic;
    }

    public static IdentityProvider start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            IdentityProvider provider = new IdentityProvider(
                    server,
                    rsa("rsa-1"),
                    new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate());
            server.createContext("/realm/keys", provider::keys);
            server.createContext("/realm/.well-known/openid-configuration", provider::discover);
            server.createContext("/elsewhere", exchange -> send(exchange, provider.set()));
            server.start();
            return provider;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public String issuer() {
        return "http://127.0.0.1:%d/realm".formatted(server.getAddress().getPort());
    }

    public OidcSettings settings() {
        return new OidcSettings(issuer(), List.of(AUDIENCE), "", OidcSettings.ALGORITHMS, "sub", "groups");
    }

    /** How often somebody asked for the keys. */
    public int fetches() {
        return fetches.get();
    }

    public void answers(Answer next) {
        answer = next;
    }

    /** From now on another key signs, and only that one is published. */
    public void rotate(String keyId) {
        rsa = rsa(keyId);
    }

    public RSAKey rsaKey() {
        return rsa;
    }

    /** Claims that are in order, of an hour around a moment. */
    public String claims(String subject, long nowSeconds) {
        return "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"iat\":%d,\"nbf\":%d,\"exp\":%d,\"groups\":[\"readers\"]}"
                .formatted(issuer(), subject, AUDIENCE, nowSeconds, nowSeconds, nowSeconds + 3600);
    }

    /** A token that is in order. */
    public String token(String subject, long nowSeconds) {
        return rs256(
                "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}".formatted(rsa.getKeyID()),
                claims(subject, nowSeconds));
    }

    /** Signs any header and payload with the RSA key. */
    public String rs256(String header, String payload) {
        try {
            return signed(header, payload, "SHA256withRSA", rsa.toPrivateKey());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signs any header and payload with the elliptic key. */
    public String es256(String header, String payload) {
        try {
            return signed(header, payload, "SHA256withECDSAinP1363Format", elliptic.toPrivateKey());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String part(String json) {
        return part(json.getBytes(StandardCharsets.UTF_8));
    }

    public static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String signed(String header, String payload, String algorithm, PrivateKey key) {
        try {
            String input = part(header) + "." + part(payload);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + part(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey rsa(String keyId) {
        try {
            return new RSAKeyGenerator(2048).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String set() {
        return new JWKSet(List.<JWK>of(rsa, elliptic)).toString(true);
    }

    private void keys(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        switch (answer) {
            case KEYS -> send(exchange, set());
            case ERROR -> {
                exchange.sendResponseHeaders(503, -1);
                exchange.close();
            }
            case REDIRECT -> {
                exchange.getResponseHeaders().set("location", issuer().replace("/realm", "/elsewhere"));
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            }
            case HUGE -> send(exchange, set().replaceFirst("\\{", "{\"padding\":\"" + "x".repeat(300_000) + "\","));
        }
    }

    private void discover(HttpExchange exchange) throws IOException {
        send(exchange, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(issuer(), issuer()));
    }

    private static void send(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
