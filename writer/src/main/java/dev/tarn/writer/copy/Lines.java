package dev.tarn.writer.copy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8 of bounded length, one of which may be bad without spoiling the next. Confined to one thread. */
final class Lines implements AutoCloseable {
    /** A row with more than this is taken for a file without line ends. */
    static final int MAX_LINE_BYTES = 32 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private byte[] line = new byte[256];
    private int position;
    private int end;
    private long number;
    private boolean tooLong;

    Lines(InputStream in) {
        this.in = in;
    }

    /** How a line is. */
    enum Kind {
        TEXT,
        NOT_UTF8,
        TOO_LONG
    }

    /** A line without its end; the text is empty unless it is text. */
    record Line(long number, Kind kind, String text) {}

    /** The next line, or null at the end. */
    @Nullable
    Line next() throws IOException {
        int length = readBytes();
        if (length < 0) {
            return null;
        }
        number++;
        if (tooLong) {
            return new Line(number, Kind.TOO_LONG, "");
        }
        int from = number == 1 && startsWithMark(length) ? 3 : 0;
        int to = length > from && line[length - 1] == '\r' ? length - 1 : length;
        try {
            String text = decoder.decode(ByteBuffer.wrap(line, from, to - from)).toString();
            return new Line(number, Kind.TEXT, text);
        } catch (CharacterCodingException e) {
            return new Line(number, Kind.NOT_UTF8, "");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** The bytes up to the next line end, into {@link #line}; -1 at the end of the file. */
    private int readBytes() throws IOException {
        int length = 0;
        tooLong = false;
        while (true) {
            if (position == end) {
                end = Math.max(in.read(buffer, 0, buffer.length), 0);
                position = 0;
                if (end == 0) {
                    return length == 0 && !tooLong ? -1 : length;
                }
            }
            int stop = position;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            length = keep(length, stop);
            boolean ended = stop < end;
            position = ended ? stop + 1 : stop;
            if (ended) {
                return length;
            }
        }
    }

    private int keep(int length, int stop) {
        int count = stop - position;
        if (tooLong || length + count > MAX_LINE_BYTES) {
            tooLong = true;
            return 0;
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.max(line.length * 2, length + count));
        }
        System.arraycopy(buffer, position, line, length, count);
        return length + count;
    }

    private boolean startsWithMark(int length) {
        return length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }
}
