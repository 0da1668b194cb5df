/**
 * Brings the events of the outbox to a webhook, as CloudEvents, at least once and in order.
 *
 * <p>Start reading at {@link dev.tarn.catalog.events.webhook.EventDelivery}.
 */
@NullMarked
package dev.tarn.catalog.events.webhook;

import org.jspecify.annotations.NullMarked;
