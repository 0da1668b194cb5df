/**
 * What an OpenAPI file says about the answers of a server, checked against answers that went over the wire.
 *
 * <p>Start reading at {@link dev.tarn.testkit.openapi.OpenApiContract} and
 * {@link dev.tarn.testkit.openapi.ContractWatcher}.
 */
@NullMarked
package dev.tarn.testkit.openapi;

import org.jspecify.annotations.NullMarked;
