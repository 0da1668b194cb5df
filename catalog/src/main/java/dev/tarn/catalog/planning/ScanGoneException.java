package dev.tarn.catalog.planning;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** What a plan stood on is gone from the table. */
final class ScanGoneException extends TarnException {
    private static final long serialVersionUID = 1L;

    ScanGoneException(String message) {
        super(ErrorKind.NOT_FOUND, message);
    }
}
