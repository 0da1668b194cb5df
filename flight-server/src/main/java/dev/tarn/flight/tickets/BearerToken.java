package dev.tarn.flight.tickets;

import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * What a client gets for logging in: its principal and the name of its session. Immutable.
 *
 * @param sessionId names the session
 * @param principal who logged in
 * @param catalogToken what it shows to the catalog, absent if it needs nothing; the client can read it
 * @param expiresAt the first moment at which it is no longer valid, in whole milliseconds
 */
public record BearerToken(String sessionId, String principal, Optional<Secret> catalogToken, Instant expiresAt) {
    private static final int FORMAT = 0x22;

    /** The signed form that goes to the client. */
    public String signedBy(TicketSigner signer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(sessionId);
            out.writeUTF(principal);
            out.writeUTF(catalogToken.map(Secret::reveal).orElse(""));
            out.writeLong(expiresAt.toEpochMilli());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot encode a bearer token", e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign(bytes.toByteArray()));
    }

    /** Reads a token that a client brought; absent if this server did not sign it. It may have expired. */
    public static Optional<BearerToken> open(String token, TicketSigner signer) {
        try {
            byte[] content = signer.open(Base64.getUrlDecoder().decode(token), "bearer token");
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
                if (in.readByte() != FORMAT) {
                    return Optional.empty();
                }
                return Optional.of(new BearerToken(
                        in.readUTF(),
                        in.readUTF(),
                        Optional.of(in.readUTF())
                                .filter(text -> !text.isEmpty())
                                .map(Secret::of),
                        Instant.ofEpochMilli(in.readLong())));
            }
        } catch (IOException | IllegalArgumentException | TarnException e) {
            return Optional.empty();
        }
    }
}
