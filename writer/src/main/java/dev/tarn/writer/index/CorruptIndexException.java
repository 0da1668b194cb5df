package dev.tarn.writer.index;

import java.io.IOException;

/** A file of the key index is not what was written: the index is made anew. */
final class CorruptIndexException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptIndexException(String message) {
        super(message);
    }
}
