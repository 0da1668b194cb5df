package dev.tarn.catalog.warehouse;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals secrets before they are stored, so that neither the database nor a backup of it holds one in clear: AES-256 in GCM
 * mode, bound to the place where the secret belongs. Thread-safe.
 */
public final class SecretBox {
    private static final String PREFIX = "sealed:1:";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Supplier<Secret> keySource;
    private final SecureRandom random = new SecureRandom();
    private @Nullable SecretKeySpec key;

    /**
     * A box with a key that is asked for when it is first needed.
     *
     * @param keySource answers 32 bytes in Base64
     */
    public SecretBox(Supplier<Secret> keySource) {
        this.keySource = keySource;
    }

    /** Whether a stored text is a sealed secret. */
    public static boolean isSealed(String text) {
        return text.startsWith(PREFIX);
    }

    /**
     * Seals a secret.
     *
     * @param place where it belongs; it can be opened there only
     */
    public String seal(String secret, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            ByteBuffer whole = ByteBuffer.allocate(NONCE_BYTES + sealed.length);
            whole.put(nonce).put(sealed);
            return PREFIX + Base64.getEncoder().encodeToString(whole.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES in GCM mode", e);
        }
    }

    /**
     * Opens what was sealed.
     *
     * @throws TarnException CORRUPT if it was sealed with another key or for another place
     */
    public String open(String sealed, String place) {
        try {
            byte[] whole = Base64.getDecoder().decode(sealed.substring(PREFIX.length()));
            byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
            byte[] opened = cipher(Cipher.DECRYPT_MODE, nonce, place)
                    .doFinal(whole, NONCE_BYTES, Math.max(0, whole.length - NONCE_BYTES));
            return new String(opened, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The secret of %s cannot be opened: it was sealed with another 'catalog.secret-key'; set it anew"
                            .formatted(place),
                    e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private synchronized SecretKeySpec key() {
        SecretKeySpec known = key;
        if (known == null) {
            known = new SecretKeySpec(bytes(keySource.get()), "AES");
            key = known;
        }
        return known;
    }

    private static byte[] bytes(Secret key) {
        try {
            byte[] bytes = Base64.getDecoder().decode(key.reveal().strip());
            if (bytes.length == KEY_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw wrongKey(e);
        }
        throw wrongKey(null);
    }

    private static TarnException wrongKey(@Nullable Exception cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Setting 'catalog.secret-key' must be %d bytes in Base64; 'openssl rand -base64 %d' makes some"
                        .formatted(KEY_BYTES, KEY_BYTES),
                cause);
    }
}
