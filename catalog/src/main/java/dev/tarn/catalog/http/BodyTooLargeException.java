package dev.tarn.catalog.http;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A request body is larger than the limit, before or after decompression. */
public final class BodyTooLargeException extends TarnException {
    private static final long serialVersionUID = 1L;

    /** Names the limit. */
    public BodyTooLargeException(DataSize limit) {
        super(
                ErrorKind.INVALID,
                "The request body is larger than %s after decompression; setting 'catalog.max-request-body' is the limit"
                        .formatted(limit));
    }
}
