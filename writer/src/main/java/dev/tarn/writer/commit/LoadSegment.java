package dev.tarn.writer.commit;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One piece of a table's load history as it lies in a table property: one load, or several old ones folded together.
 *
 * @param id ends the key of the property
 * @param at when the newest load of the segment began
 * @param branch where the rows went
 * @param sources what was asked for; empty for folded loads
 * @param fingerprints of the files
 */
record LoadSegment(String id, Instant at, String branch, String sources, Set<String> fingerprints) {
    private static final String VERSION = "1";
    private static final int FIELDS = 5;
    private static final int FINGERPRINT_BYTES = 8;

    /** The value of the property: eight bytes in Base64 for each file, since every commit writes it again. */
    String encode() {
        ByteBuffer bytes = ByteBuffer.allocate(fingerprints.size() * FINGERPRINT_BYTES);
        for (String fingerprint : new TreeSet<>(fingerprints)) {
            bytes.put(HexFormat.of().parseHex(fingerprint));
        }
        return String.join(
                ";",
                VERSION,
                Long.toString(at.toEpochMilli()),
                URLEncoder.encode(branch, StandardCharsets.UTF_8),
                URLEncoder.encode(sources, StandardCharsets.UTF_8),
                Base64.getEncoder().withoutPadding().encodeToString(bytes.array()));
    }

    /** The segment behind a property; empty if it is of a version that is not known, or damaged. */
    static Optional<LoadSegment> decode(String id, String value) {
        String[] fields = value.split(";", -1);
        if (fields.length != FIELDS || !fields[0].equals(VERSION)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(fields[4]);
            Set<String> fingerprints = new LinkedHashSet<>();
            for (int i = 0; i + FINGERPRINT_BYTES <= bytes.length; i += FINGERPRINT_BYTES) {
                fingerprints.add(HexFormat.of().formatHex(bytes, i, i + FINGERPRINT_BYTES));
            }
            return Optional.of(new LoadSegment(
                    id,
                    Instant.ofEpochMilli(Long.parseLong(fields[1])),
                    URLDecoder.decode(fields[2], StandardCharsets.UTF_8),
                    URLDecoder.decode(fields[3], StandardCharsets.UTF_8),
                    fingerprints));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
