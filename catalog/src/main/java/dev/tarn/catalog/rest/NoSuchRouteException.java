package dev.tarn.catalog.rest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A path, or a method on it, that the catalog does not answer. */
final class NoSuchRouteException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final int status;

    NoSuchRouteException(int status, String message) {
        super(ErrorKind.NOT_FOUND, message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
