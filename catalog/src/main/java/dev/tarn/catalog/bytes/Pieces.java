package dev.tarn.catalog.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A body: the bytes of its pieces one after the other, plain or as one gzip member. Immutable but for the compressed form,
 * which is made when it is first asked for and kept. Thread-safe.
 *
 * <p>The gzip form is a single member with one deflate stream, since not every client reads a second member.
 */
public final class Pieces {
    /** A body without bytes. */
    public static final Pieces EMPTY = new Pieces(List.of());

    /** About what a connection takes in one go. */
    private static final int SMALL_BYTES = 64 * 1024;

    /** Magic number, deflate, no flags, no time, no hint, unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** A last block without bytes. */
    private static final byte[] LAST_BLOCK = {3, 0};

    private final List<Piece> pieces;
    private final List<byte[]> plain;
    private final long length;
    private volatile @Nullable List<byte[]> gzip;

    private Pieces(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
        this.plain = pieces.stream().map(Piece::plain).toList();
        this.length = plain.stream().mapToLong(part -> part.length).sum();
    }

    /** A body of these pieces, in this order. */
    public static Pieces of(List<Piece> pieces) {
        return new Pieces(pieces);
    }

    /** A body of one piece. */
    public static Pieces of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Pieces(List.of(Piece.of(bytes)));
    }

    /** The same body in one piece if it is so small that nothing is won by sharing parts of it. */
    public Pieces joinedIfSmall() {
        return length > SMALL_BYTES || pieces.size() < 2 ? this : of(toByteArray());
    }

    /** What the body consists of. */
    public List<Piece> pieces() {
        return pieces;
    }

    /** Number of bytes of the plain form. */
    public long length() {
        return length;
    }

    /** The plain form, in parts. */
    public List<byte[]> plain() {
        return plain;
    }

    /** The plain form as one array, which is the caller's. */
    public byte[] toByteArray() {
        byte[] all = new byte[Math.toIntExact(length)];
        int position = 0;
        for (byte[] part : plain) {
            System.arraycopy(part, 0, all, position, part.length);
            position += part.length;
        }
        return all;
    }

    /** Whether {@link #gzip} has nothing left to do. */
    public boolean isCompressed() {
        return gzip != null;
    }

    /** The gzip form, in parts; costs time in proportion to the pieces that no body had compressed before. */
    public List<byte[]> gzip() {
        List<byte[]> ready = gzip;
        if (ready == null) {
            ready = compress();
            gzip = ready;
        }
        return ready;
    }

    private List<byte[]> compress() {
        List<byte[]> parts = new ArrayList<>(pieces.size() + 3);
        CRC32 checksum = new CRC32();
        parts.add(HEADER);
        for (Piece piece : pieces) {
            parts.add(piece.deflated());
            checksum.update(piece.plain());
        }
        parts.add(LAST_BLOCK);
        parts.add(trailer(checksum.getValue(), length));
        return List.copyOf(parts);
    }

    private static byte[] trailer(long checksum, long length) {
        byte[] trailer = new byte[8];
        for (int i = 0; i < 4; i++) {
            trailer[i] = (byte) (checksum >>> (8 * i));
            trailer[4 + i] = (byte) (length >>> (8 * i));
        }
        return trailer;
    }
}
