package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.ProducerToken;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far each producer of a session has come, in the table and in what was offered. Guarded by its session. */
final class Producers {
    private final String tableName;
    private final Map<String, Line> lines = new HashMap<>();

    private static final class Line {
        private @Nullable ProducerToken committed;
        private @Nullable ProducerToken offered;
        private boolean broken;
    }

    Producers(String tableName, Map<String, ProducerToken> committed) {
        this.tableName = tableName;
        committed.forEach((producer, token) -> resumed(producer, Optional.of(token)));
    }

    /**
     * Whether the table has all of some work already.
     *
     * @throws TarnException CONFLICT if the tokens do not come after what was offered before
     */
    boolean areCommitted(List<ProducerToken> tokens) {
        if (tokens.stream().map(ProducerToken::producer).distinct().count() < tokens.size()) {
            throw new IllegalArgumentException("A batch takes one token of each producer but has " + tokens);
        }
        int committed = 0;
        for (ProducerToken token : tokens) {
            Line line = lines.computeIfAbsent(token.producer(), absent -> new Line());
            if (isCommitted(line, token)) {
                committed++;
            } else {
                refuseUnlessNext(line, token);
            }
        }
        if (committed > 0 && committed < tokens.size()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s has the work of %d of the %d tokens of a batch already; resume the producers and offer the rest"
                            .formatted(tableName, committed, tokens.size()));
        }
        return committed > 0;
    }

    private boolean isCommitted(Line line, ProducerToken token) {
        ProducerToken committed = line.committed;
        if (committed == null || committed.compareTo(token) < 0) {
            return false;
        }
        if (committed.epoch() > token.epoch()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Producer %s of epoch %d was replaced: table %s has epoch %d already"
                            .formatted(token.producer(), token.epoch(), tableName, committed.epoch()));
        }
        return true;
    }

    private void refuseUnlessNext(Line line, ProducerToken token) {
        if (line.broken) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "An earlier flush of producer %s into table %s failed; call resume(\"%s\") and go on from there"
                            .formatted(token.producer(), tableName, token.producer()));
        }
        ProducerToken offered = line.offered;
        if (offered != null && offered.compareTo(token) >= 0) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Producer %s offered %d:%d after %d:%d: tokens must grow, and two producers must not share a name"
                            .formatted(
                                    token.producer(),
                                    token.epoch(),
                                    token.sequence(),
                                    offered.epoch(),
                                    offered.sequence()));
        }
    }

    /** Counts a token as offered and returns the one that it follows. */
    Optional<ProducerToken> offer(ProducerToken token) {
        Line line = lines.computeIfAbsent(token.producer(), absent -> new Line());
        Optional<ProducerToken> before = Optional.ofNullable(line.offered);
        line.offered = token;
        return before;
    }

    void committed(ProducerToken token) {
        Line line = lines.computeIfAbsent(token.producer(), absent -> new Line());
        ProducerToken before = line.committed;
        if (before == null || before.compareTo(token) < 0) {
            line.committed = token;
        }
    }

    void broken(String producer) {
        lines.computeIfAbsent(producer, absent -> new Line()).broken = true;
    }

    void resumed(String producer, Optional<ProducerToken> committed) {
        Line line = new Line();
        line.committed = committed.orElse(null);
        line.offered = line.committed;
        lines.put(producer, line);
    }
}
