/**
 * A proxy for HTTP on loopback that shows a test every exchange and breaks connections at chosen steps.
 *
 * <p>Start reading at {@link dev.tarn.testkit.http.HttpProxy}.
 */
@NullMarked
package dev.tarn.testkit.http;

import org.jspecify.annotations.NullMarked;
