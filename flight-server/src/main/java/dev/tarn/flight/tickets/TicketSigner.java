package dev.tarn.flight.tickets;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs bytes with HMAC-SHA256 and opens what it has signed. Thread-safe. */
public final class TicketSigner {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE_BYTES = 32;
    /** Far above any ticket made here; longer ones are refused before any work is done on them. */
    private static final int MAX_BYTES = 4096;

    private final SecretKeySpec key;

    private TicketSigner(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** A signer whose signatures other processes with the same secret accept. */
    public static TicketSigner of(Secret secret) {
        return new TicketSigner(secret.reveal().getBytes(StandardCharsets.UTF_8));
    }

    /** A signer with a random key, whose signatures end with the process. */
    public static TicketSigner random() {
        byte[] key = new byte[SIGNATURE_BYTES];
        new SecureRandom().nextBytes(key);
        return new TicketSigner(key);
    }

    /** The content followed by its signature. */
    public byte[] sign(byte[] content) {
        byte[] signed = Arrays.copyOf(content, content.length + SIGNATURE_BYTES);
        System.arraycopy(signature(content), 0, signed, content.length, SIGNATURE_BYTES);
        return signed;
    }

    /**
     * The content of what {@link #sign} returned.
     *
     * @param what named in the message, as {@code "ticket"}
     * @throws TarnException UNAUTHENTICATED if the signature is not ours
     */
    public byte[] open(byte[] signed, String what) {
        if (signed.length <= SIGNATURE_BYTES || signed.length > MAX_BYTES) {
            throw forged(what);
        }
        byte[] content = Arrays.copyOf(signed, signed.length - SIGNATURE_BYTES);
        byte[] found = Arrays.copyOfRange(signed, content.length, signed.length);
        if (!MessageDigest.isEqual(signature(content), found)) {
            throw forged(what);
        }
        return content;
    }

    private byte[] signature(byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no " + ALGORITHM, e);
        }
    }

    private static TarnException forged(String what) {
        return new TarnException(
                ErrorKind.UNAUTHENTICATED,
                "The %s was not signed by this server, or was altered on its way; ask for a new one".formatted(what));
    }
}
