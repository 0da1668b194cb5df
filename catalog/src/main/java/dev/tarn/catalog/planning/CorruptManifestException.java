package dev.tarn.catalog.planning;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A manifest or manifest list that cannot be what a writer meant: the writer's mistake, so a client error. */
final class CorruptManifestException extends TarnException {
    private static final long serialVersionUID = 1L;

    CorruptManifestException(String message) {
        super(ErrorKind.INVALID, message);
    }
}
