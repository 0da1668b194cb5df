/**
 * The HTTP edge: turns bytes of a connection into a request within limits, and a response into bytes. No other package knows the web framework.
 *
 * <p>Start reading at {@link dev.tarn.catalog.http.HttpEdge}.
 */
@NullMarked
package dev.tarn.catalog.http;

import org.jspecify.annotations.NullMarked;
