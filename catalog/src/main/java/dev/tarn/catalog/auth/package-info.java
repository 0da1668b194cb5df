/**
 * Who asks and what they may do: logins become a caller, and a caller's roles decide about every object.
 *
 * <p>Start reading at {@link dev.tarn.catalog.auth.Authenticator} and {@link dev.tarn.catalog.auth.Authorizer}.
 */
@NullMarked
package dev.tarn.catalog.auth;

import org.jspecify.annotations.NullMarked;
