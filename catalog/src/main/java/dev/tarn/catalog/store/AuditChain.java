package dev.tarn.catalog.store;

import dev.tarn.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Links audit records by hashes: each holds one over the hash before and everything in itself, so that a link that was
 * changed or taken out shows. It does not show that links were taken off the end; whoever fears that copies the last hash
 * elsewhere. Thread-safe.
 */
public final class AuditChain {
    private AuditChain() {}

    /** The hash of a link: SHA-256 over all its parts, each with its length before it, in hexadecimal digits. */
    public static String hash(String previousHash, long sequence, AuditRecord audit) {
        MessageDigest digest = Sha256.digest();
        update(digest, previousHash);
        update(digest, Long.toString(sequence));
        update(digest, audit.principal());
        update(digest, audit.action());
        update(digest, audit.subject());
        update(digest, audit.outcome());
        update(digest, Long.toString(audit.at().toEpochMilli()));
        for (Map.Entry<String, String> detail : new TreeMap<>(audit.details()).entrySet()) {
            update(digest, detail.getKey());
            update(digest, detail.getValue());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The first of some consecutive links that is not what it was, absent if they are all intact. */
    public static Optional<StoredAudit> firstBroken(List<StoredAudit> links) {
        for (int i = 0; i < links.size(); i++) {
            StoredAudit link = links.get(i);
            boolean follows = i == 0
                    || (links.get(i - 1).hash().equals(link.previousHash())
                            && links.get(i - 1).sequence() + 1 == link.sequence());
            if (!follows
                    || !hash(link.previousHash(), link.sequence(), link.audit()).equals(link.hash())) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private static void update(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
