/**
 * What a client has set for its later statements: the default schema, the engine, the time zone.
 *
 * <p>Start reading at {@link dev.tarn.flight.session.Sessions}.
 */
@NullMarked
package dev.tarn.flight.session;

import org.jspecify.annotations.NullMarked;
