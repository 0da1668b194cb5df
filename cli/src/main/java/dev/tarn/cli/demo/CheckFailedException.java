package dev.tarn.cli.demo;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A step of the demo did not do what it must. */
final class CheckFailedException extends TarnException {
    private static final long serialVersionUID = 1L;

    CheckFailedException(String what, Object expected, Object found) {
        super(ErrorKind.INTERNAL, "Check failed: %s should be %s but was %s".formatted(what, expected, found));
    }
}
