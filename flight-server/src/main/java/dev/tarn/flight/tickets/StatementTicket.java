package dev.tarn.flight.tickets;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * The right to fetch the result of one planned statement. Immutable.
 *
 * @param queryId names the planned statement
 * @param principal who planned it, and alone may fetch it
 * @param expiresAt the first moment at which it is no longer valid, in whole milliseconds
 */
public record StatementTicket(String queryId, String principal, Instant expiresAt) {
    /** The first byte: what the signed bytes are for, and in which format, so that no token passes for a ticket. */
    private static final int FORMAT = 0x11;

    /** The signed form that goes to the client. */
    public byte[] signedBy(TicketSigner signer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(queryId);
            out.writeUTF(principal);
            out.writeLong(expiresAt.toEpochMilli());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot encode the ticket of query " + queryId, e);
        }
        return signer.sign(bytes.toByteArray());
    }

    /**
     * Reads a ticket that a client brought back.
     *
     * @throws TarnException UNAUTHENTICATED if it is forged, INVALID if it is another kind of token
     */
    public static StatementTicket open(byte[] signed, TicketSigner signer) {
        byte[] content = signer.open(signed, "ticket");
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            if (in.readByte() != FORMAT) {
                throw new TarnException(
                        ErrorKind.INVALID, "Expected the ticket of a statement but found another token");
            }
            return new StatementTicket(in.readUTF(), in.readUTF(), Instant.ofEpochMilli(in.readLong()));
        } catch (IOException e) {
            throw new TarnException(ErrorKind.INVALID, "The ticket cannot be read; ask for a new one", e);
        }
    }
}
