/**
 * How clients reach the files of one table and no others: temporary credentials under a session policy, and signatures for
 * single requests. Everything here decides over keys that were taken apart once and that are handed on in that form.
 *
 * <p>Start reading at {@link dev.tarn.catalog.credentials.StorageAccess}.
 */
@NullMarked
package dev.tarn.catalog.credentials;

import org.jspecify.annotations.NullMarked;
