package dev.tarn.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that everything here is told apart by, without the exception that no Java platform can throw. Stateless. */
public final class Sha256 {
    private Sha256() {}

    /** A new digest, for what comes in pieces. Confined to whoever asked for it. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** The hash of some bytes, 32 bytes long. */
    public static byte[] of(byte[] bytes) {
        return digest().digest(bytes);
    }
}
