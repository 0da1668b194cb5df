package dev.tarn.catalog.auth;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Makes secrets of clients, and keeps of them only what proves them: PBKDF2 with HMAC-SHA256 and a salt, written as {@code
 * pbkdf2$ITERATIONS$SALT$HASH}. Thread-safe.
 */
final class ClientSecrets {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";

    /** Generated secrets are random and cannot be guessed; the count protects shorter ones that people choose. */
    private static final int ITERATIONS = 100_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final int SECRET_BYTES = 32;

    /** A check costs tens of milliseconds of a core: guesses must not take all of them. */
    private static final int MAX_CHECKS_AT_ONCE = 2;

    private static final long MAX_WAIT_SECONDS = 2;

    private final SecureRandom random = new SecureRandom();
    private final Semaphore checks = new Semaphore(MAX_CHECKS_AT_ONCE, true);

    /** Compared with where a client does not exist, so that it takes as long as where it does. */
    private final String decoy = hash(generate());

    /** A new client id: no secret, but not to be mixed up with another one. */
    static String newClientId() {
        return "tarn-" + UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }

    /** A new secret that nobody can guess. */
    Secret generate() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** What to keep of a secret. */
    String hash(Secret secret) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return "pbkdf2$%d$%s$%s"
                .formatted(
                        ITERATIONS,
                        encoder.encodeToString(salt),
                        encoder.encodeToString(derive(secret, salt, ITERATIONS)));
    }

    /**
     * Whether a secret is the one behind a hash. Takes as long for a wrong secret and for a client that has none.
     *
     * @param hash what was kept; empty for a client that does not exist or has no secret
     * @throws TarnException OVERLOADED if too many others are being checked
     */
    boolean matches(Secret secret, String hash) {
        try {
            if (!checks.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new TarnException(ErrorKind.OVERLOADED, "Too many logins at once; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted while a login was checked", e);
        }
        try {
            boolean equal = isBehind(secret, hash.isEmpty() ? decoy : hash);
            return equal && !hash.isEmpty();
        } finally {
            checks.release();
        }
    }

    private static boolean isBehind(Secret secret, String hash) {
        String[] parts = hash.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals("pbkdf2")) {
            throw new IllegalStateException("A stored secret has an unknown form");
        }
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        byte[] expected = Base64.getDecoder().decode(parts[3]);
        return MessageDigest.isEqual(derive(secret, salt, Integer.parseInt(parts[1])), expected);
    }

    private static byte[] derive(Secret secret, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(secret.reveal().toCharArray(), salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        } finally {
            spec.clearPassword();
        }
    }
}
