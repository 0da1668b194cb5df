package dev.tarn.catalog.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The keys that sign this catalog's tokens, in a file that only its owner reads. The first signs; the others still prove
 * what they signed. Thread-safe.
 */
final class TokenKeys implements KeySource {
    /** The one that signs, and those whose tokens have not run out yet. */
    private static final int MAX_KEYS = 3;

    /** An unknown key makes the file be read again no more often than this, since anybody can name one. */
    private static final Duration REREAD = Duration.ofSeconds(5);

    private final Path file;
    private final Clock clock;
    private volatile List<ECKey> keys;
    private volatile Instant readAt;

    private TokenKeys(Path file, Clock clock, List<ECKey> keys) {
        this.file = file;
        this.clock = clock;
        this.keys = List.copyOf(keys);
        this.readAt = clock.instant();
    }

    /**
     * Reads the keys, or makes the first one if there is no such file.
     *
     * @throws TarnException CORRUPT if the file holds no keys, INVALID if it cannot be read or written
     */
    static TokenKeys open(Path file, Clock clock) {
        if (!Files.exists(file)) {
            TokenKeys made = new TokenKeys(file, clock, List.of());
            made.rotate();
            return made;
        }
        return new TokenKeys(file, clock, read(file));
    }

    private static List<ECKey> read(Path file) {
        try {
            List<ECKey> found = new ArrayList<>();
            for (JWK key : JWKSet.load(file.toFile()).getKeys()) {
                if (key instanceof ECKey elliptic
                        && elliptic.isPrivate()
                        && elliptic.getCurve().equals(Curve.P_256)) {
                    found.add(elliptic);
                }
            }
            if (found.isEmpty()) {
                throw new TarnException(
                        ErrorKind.CORRUPT,
                        "The file %s holds no key that can sign tokens; delete it to get a new one".formatted(file));
            }
            return found;
        } catch (ParseException e) {
            // Without its cause: the message of the parser could repeat what it read.
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The file %s holds no keys that can be read; delete it to get new ones".formatted(file));
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Cannot read the keys in %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** From now on a new key signs. Tokens that were signed before stay valid until they run out. */
    synchronized void rotate() {
        try {
            List<ECKey> next = new ArrayList<>();
            next.add(new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyID(UUID.randomUUID().toString())
                    .generate());
            next.addAll(keys.subList(0, Math.min(keys.size(), MAX_KEYS - 1)));
            String json = JSONObjectUtils.toJSONString(new JWKSet(List.<JWK>copyOf(next)).toJSONObject(false));
            PrivateFile.replace(file, json);
            keys = List.copyOf(next);
            readAt = clock.instant();
        } catch (JOSEException e) {
            throw new IllegalStateException("Every Java platform makes keys of this kind", e);
        }
    }

    ECKey signing() {
        return keys.get(0);
    }

    /** Another replica may have made a new key in the same file. */
    @Override
    public List<JWK> keys(String keyId) {
        boolean known = keyId.isEmpty() || keys.stream().anyMatch(key -> keyId.equals(key.getKeyID()));
        if (!known && clock.instant().isAfter(readAt.plus(REREAD))) {
            reread();
        }
        return List.copyOf(keys);
    }

    private synchronized void reread() {
        readAt = clock.instant();
        keys = List.copyOf(read(file));
    }
}
