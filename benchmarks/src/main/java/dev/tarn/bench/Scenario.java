package dev.tarn.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of load.
 *
 * @param name as it is given on the command line
 * @param title as the table of results shows it
 * @param connections how many send at once
 * @param perSecond how many requests are due per second; 0 for as many as the server can take
 * @param needs what a peer must be able to do
 * @param preparation makes the tables and the requests
 */
record Scenario(
        String name, String title, int connections, int perSecond, Set<Peer.Ability> needs, Preparation preparation) {
    /** Makes what a scenario needs on one peer. */
    @FunctionalInterface
    interface Preparation {
        /**
         * Prepares a peer.
         *
         * @param source a catalog that was prepared before, whose answers the floor repeats
         */
        Traffic.Requests prepare(Peer peer, Tables tables, Optional<Peer> source);
    }

    boolean fits(Peer peer) {
        return peer.abilities().containsAll(needs);
    }

    Traffic.Shape shape(Duration duration) {
        return Traffic.Shape.timed(connections, duration, perSecond);
    }
}
