package dev.tarn.testkit.http;

/** Where in an exchange a connection breaks, in the order in which the steps happen. */
public enum Cut {
    /** Nowhere. */
    NONE,
    /** The server hears nothing of the request. */
    BEFORE_REQUEST,
    /** The server gets a half request. */
    WITHIN_REQUEST,
    /** The server gets the request, and the connection breaks while it works. */
    AFTER_REQUEST,
    /** The server has answered, and the client gets nothing of the answer. */
    BEFORE_RESPONSE,
    /** The client gets a half answer. */
    WITHIN_RESPONSE
}
