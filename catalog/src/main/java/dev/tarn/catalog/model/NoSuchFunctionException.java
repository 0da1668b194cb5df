package dev.tarn.catalog.model;

/** A function that does not exist; clients know it by the name of this class. */
public final class NoSuchFunctionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For one function. */
    public NoSuchFunctionException(ObjectName function) {
        super("Function does not exist: " + function);
    }
}
