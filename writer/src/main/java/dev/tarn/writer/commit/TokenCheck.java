package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides whether work may be committed on top of what a table has, and remembers what it let through, so that several
 * producers can be judged for one commit. Confined to one commit attempt.
 */
final class TokenCheck {
    private final String tableName;
    private final Map<String, ProducerToken> newest;

    enum Verdict {
        FRESH,
        ALREADY_COMMITTED
    }

    TokenCheck(String tableName, Map<String, ProducerToken> newest) {
        this.tableName = tableName;
        this.newest = new TreeMap<>(newest);
    }

    /** The newest token of each producer, as of everything that was let through. */
    Map<String, ProducerToken> newest() {
        return newest;
    }

    /**
     * Judges one unit of work and, if it is fresh, counts it as done.
     *
     * @throws TarnException CONFLICT for a stale epoch, for work of another instance in between, and for work of which a
     *     part is committed; REFUSED for too many producers
     */
    Verdict admit(List<ProducerToken> tokens, Map<String, Optional<ProducerToken>> follows) {
        long repeated = tokens.stream()
                .filter(token -> isCommitted(tableName, newest, token))
                .count();
        if (repeated == tokens.size() && !tokens.isEmpty()) {
            return Verdict.ALREADY_COMMITTED;
        }
        for (ProducerToken token : tokens) {
            Optional<ProducerToken> found = Optional.ofNullable(newest.get(token.producer()));
            Optional<ProducerToken> expected = follows.getOrDefault(token.producer(), found);
            if (!found.equals(expected)) {
                throw new TarnException(
                        ErrorKind.CONFLICT,
                        "Another instance of producer %s wrote to table %s: expected its newest token to be %s but found %s; resume the producer and go on from there"
                                .formatted(token.producer(), tableName, shown(expected), shown(found)));
            }
        }
        if (repeated > 0) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s has %d of the %d producers' work of one commit already; resume the producers and offer the rest"
                            .formatted(tableName, repeated, tokens.size()));
        }
        for (ProducerToken token : tokens) {
            refuseTooManyProducers(token);
            newest.put(token.producer(), token);
        }
        return Verdict.FRESH;
    }

    /**
     * Whether a token, or a later one of its producer, is among some.
     *
     * @throws TarnException CONFLICT if a later epoch of the producer is
     */
    static boolean isCommitted(String tableName, Map<String, ProducerToken> newest, ProducerToken token) {
        ProducerToken found = newest.get(token.producer());
        if (found == null || found.compareTo(token) < 0) {
            return false;
        }
        if (found.epoch() > token.epoch()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Producer %s of epoch %d was replaced: table %s has epoch %d already"
                            .formatted(token.producer(), token.epoch(), tableName, found.epoch()));
        }
        return true;
    }

    private void refuseTooManyProducers(ProducerToken token) {
        if (newest.size() >= ProducerTokens.MAX_PRODUCERS && !newest.containsKey(token.producer())) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Table %s remembers %d producers, which is the most it may: use a producer name again"
                            .formatted(tableName, newest.size()));
        }
    }

    private static String shown(Optional<ProducerToken> token) {
        return token.map(ProducerToken::summaryValue).orElse("none");
    }
}
