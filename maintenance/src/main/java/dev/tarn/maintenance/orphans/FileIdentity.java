package dev.tarn.maintenance.orphans;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * One name for every spelling of a location. The path is compared after percent-decoding and with doubled slashes counted
 * once: two objects of a store may share an identity, which can only keep a file that might go.
 *
 * @param prefix scheme and authority in their canonical form; empty for the local disk
 * @param high first half of a 128-bit hash of the path
 * @param low second half
 */
record FileIdentity(String prefix, long high, long low) {
    static FileIdentity of(String location, Map<String, String> schemes, Map<String, String> authorities) {
        int colon = location.indexOf("://");
        String prefix = "";
        String path = location;
        if (colon > 0 && !location.startsWith("file:")) {
            String scheme = location.substring(0, colon);
            int slash = location.indexOf('/', colon + 3);
            String authority = slash < 0 ? location.substring(colon + 3) : location.substring(colon + 3, slash);
            path = slash < 0 ? "" : location.substring(slash);
            prefix = schemes.getOrDefault(scheme, s3(scheme)) + "://" + authorities.getOrDefault(authority, authority);
        } else if (location.startsWith("file:")) {
            path = location.substring("file:".length());
        }
        return hashed(prefix, decoded(path));
    }

    private static String s3(String scheme) {
        return scheme.equals("s3a") || scheme.equals("s3n") ? "s3" : scheme;
    }

    private static byte[] decoded(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i];
            if (value == '%' && i + 2 < bytes.length) {
                int first = Character.digit(bytes[i + 1], 16);
                int second = Character.digit(bytes[i + 2], 16);
                if (first >= 0 && second >= 0) {
                    value = first * 16 + second;
                    i += 2;
                }
            }
            if (value == '/' && length > 0 && out[length - 1] == '/') {
                continue;
            }
            out[length++] = (byte) value;
        }
        return java.util.Arrays.copyOf(out, length);
    }

    private static FileIdentity hashed(String prefix, byte[] path) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(path));
            return new FileIdentity(prefix, digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
