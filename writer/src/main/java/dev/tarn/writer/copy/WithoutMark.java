package dev.tarn.writer.copy;

import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;

/** Text without the byte order mark that some programs put before it. */
final class WithoutMark extends PushbackReader {
    private static final int MARK = '\uFEFF';

    private boolean begun;

    WithoutMark(Reader in) {
        super(in, 1);
    }

    @Override
    public int read() throws IOException {
        begin();
        return super.read();
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        begin();
        return super.read(target, offset, length);
    }

    private void begin() throws IOException {
        if (!begun) {
            begun = true;
            int first = super.read();
            if (first >= 0 && first != MARK) {
                unread(first);
            }
        }
    }
}
