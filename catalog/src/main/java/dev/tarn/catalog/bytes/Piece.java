package dev.tarn.catalog.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A part of one or more bodies. Compressed at most a few times however many bodies it is part of, and only if asked.
 * Thread-safe; the bytes are never to be changed.
 */
public final class Piece {
    /** Answers are made more often than they are kept: level 4 takes half the time of 6 for a twentieth more bytes. */
    private static final int LEVEL = 4;

    private final byte[] plain;
    private volatile byte @Nullable [] deflated;

    private Piece(byte[] plain) {
        this.plain = plain;
    }

    /** A piece of these bytes, which become its own. */
    public static Piece of(byte[] plain) {
        return new Piece(plain);
    }

    /** A piece of text as UTF-8. */
    public static Piece of(String text) {
        return new Piece(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes as they are. */
    public byte[] plain() {
        return plain;
    }

    /**
     * The bytes as blocks of a deflate stream, which refer to nothing before them, end at a byte and are not the last: the
     * blocks of several pieces one after the other are one stream.
     */
    byte[] deflated() {
        byte[] ready = deflated;
        if (ready == null) {
            // Two threads may do this at once; both come to the same bytes.
            ready = deflate(plain);
            deflated = ready;
        }
        return ready;
    }

    private static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(plain);
            byte[] out = new byte[plain.length / 4 + 64];
            int length = 0;
            while (true) {
                length += deflater.deflate(out, length, out.length - length, Deflater.SYNC_FLUSH);
                if (length < out.length) {
                    return Arrays.copyOf(out, length);
                }
                out = Arrays.copyOf(out, out.length * 2);
            }
        } finally {
            deflater.end();
        }
    }
}
