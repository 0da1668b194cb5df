/**
 * Who is asking: turns what a call brings into a caller.
 *
 * <p>Start reading at {@link dev.tarn.flight.auth.Authenticator}.
 */
@NullMarked
package dev.tarn.flight.auth;

import org.jspecify.annotations.NullMarked;
