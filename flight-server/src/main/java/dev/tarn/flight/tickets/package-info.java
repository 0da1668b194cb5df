/**
 * Signed, opaque bytes that clients carry for the gateway: tickets of statements and bearer tokens.
 *
 * <p>Start reading at {@link dev.tarn.flight.tickets.TicketSigner}.
 */
@NullMarked
package dev.tarn.flight.tickets;

import org.jspecify.annotations.NullMarked;
