package dev.tarn.storage;

/**
 * A stream whose file appears on close and not before. Whoever finds out that the content is useless aborts, and closing
 * then makes no file. Implemented by the streams of {@link TarnFileIO}.
 */
public interface AbortableOutput {
    /** Drops what was written, on this machine and in the store. Harmless after close and when called twice. */
    void abort();
}
