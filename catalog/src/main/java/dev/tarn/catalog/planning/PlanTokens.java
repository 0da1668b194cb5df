package dev.tarn.catalog.planning;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed tokens that carry everything a plan needs, so that any server with the same key can answer them. A token is
 * bound to its kind, principal, warehouse and table, and expires. Thread-safe.
 */
final class PlanTokens {
    /** Longer requests do not fit into the path of a URL, once encoded, with the rest of the path. */
    private static final int MAX_REQUEST_IN_PLAN_ID = 6 * 1024;

    /** Texts of plan tasks: a request of the greatest length, hardly compressible. */
    private static final int MAX_TOKEN = 8 << 20;

    /** A request within the limits of a filter is shorter. */
    private static final int MAX_REQUEST = 32 << 20;

    private static final int VERSION = 1;
    private static final int MAC_LENGTH = 32;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final SecretKeySpec key;
    private final Duration lifetime;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** What a token is for; one kind never passes as the other. */
    enum Kind {
        PLAN(1),
        TASK(2);

        private final byte tag;

        Kind(int tag) {
            this.tag = (byte) tag;
        }
    }

    /**
     * Whom a token is for, and what it is about.
     *
     * @param principal who asks
     * @param warehouse id of the warehouse
     * @param table uuid of the table
     */
    record Binding(String principal, String warehouse, String table) {}

    PlanTokens(byte[] key, Duration lifetime, Clock clock) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** A request in the form in which tokens carry it. */
    static byte[] packed(byte[] request) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
            out.write(request);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot compress in memory", e);
        } finally {
            deflater.end();
        }
        return packed.toByteArray();
    }

    /** Whether a plan id can carry a packed request, so that the plan can be asked for again. */
    static boolean fitsPlanId(byte[] packedRequest) {
        return packedRequest.length <= MAX_REQUEST_IN_PLAN_ID;
    }

    /** A new plan id; two of them never are the same. */
    String planId(Binding binding, ScanPin pin, byte[] packedRequest) {
        byte[] carried = fitsPlanId(packedRequest) ? packedRequest : new byte[0];
        return sign(Kind.PLAN, binding, pin, ScanRange.ALL, carried);
    }

    String planTask(Binding binding, ScanPin pin, ScanRange range, byte[] packedRequest) {
        return sign(Kind.TASK, binding, pin, range, packedRequest);
    }

    /** What a token stands for; absent unless this server or one with its key made it so, for the same, not too long ago. */
    Optional<PlanToken> read(Kind kind, Binding binding, String token) {
        if (token.length() > MAX_TOKEN) {
            return Optional.empty();
        }
        try {
            byte[] all = DECODER.decode(token);
            // Base64 has several spellings of the same bytes; only ours is one.
            if (all.length <= MAC_LENGTH || !ENCODER.encodeToString(all).equals(token)) {
                return Optional.empty();
            }
            byte[] payload = Arrays.copyOf(all, all.length - MAC_LENGTH);
            byte[] mac = Arrays.copyOfRange(all, payload.length, all.length);
            if (!MessageDigest.isEqual(mac, mac(kind, binding, payload))) {
                return Optional.empty();
            }
            return parse(payload);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String sign(Kind kind, Binding binding, ScanPin pin, ScanRange range, byte[] packedRequest) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(packedRequest.length + 96);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(clock.instant().plus(lifetime).getEpochSecond());
            out.writeLong(kind == Kind.PLAN ? random.nextLong() : 0);
            out.writeLong(pin.snapshotId());
            out.writeInt(pin.schemaId());
            out.writeInt(range.fromManifest());
            out.writeInt(range.fromRow());
            out.writeInt(range.toManifest());
            out.writeInt(range.toRow());
            out.write(packedRequest);
            out.flush();
            byte[] payload = bytes.toByteArray();
            out.write(mac(kind, binding, payload));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write in memory", e);
        }
        return ENCODER.encodeToString(bytes.toByteArray());
    }

    private Optional<PlanToken> parse(byte[] payload) {
        try (DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(payload))) {
            if (in.readByte() != VERSION || in.readLong() < clock.instant().getEpochSecond()) {
                return Optional.empty();
            }
            long unusedNonce = in.readLong();
            ScanPin pin = new ScanPin(in.readLong(), in.readInt());
            ScanRange range = new ScanRange(in.readInt(), in.readInt(), in.readInt(), in.readInt());
            return Optional.of(new PlanToken(pin, range, unpacked(in.readAllBytes())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        if (packed.length == 0) {
            return packed;
        }
        Inflater inflater = new Inflater(true);
        try (InflaterInputStream in = new InflaterInputStream(new java.io.ByteArrayInputStream(packed), inflater)) {
            return in.readNBytes(MAX_REQUEST);
        } finally {
            inflater.end();
        }
    }

    private byte[] mac(Kind kind, Binding binding, byte[] payload) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(kind.tag);
            for (String part : new String[] {binding.principal(), binding.warehouse(), binding.table()}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII)); // No two bindings read alike.
                mac.update(bytes);
            }
            return mac.doFinal(payload);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
