package dev.tarn.catalog.http;

import dev.tarn.common.DataSize;

/** A request body is larger than the limit, before or after decompression. */
public final class BodyTooLargeException extends EdgeException {
    private static final long serialVersionUID = 1L;

    /** Names the limit. */
    public BodyTooLargeException(DataSize limit) {
        super(
                413,
                ("The request body is larger than %s after decompression, which is the limit of this operation;"
                                + " setting 'catalog.max-request-body' limits commits")
                        .formatted(limit));
    }
}
