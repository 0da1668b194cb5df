package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/**
 * Names one unit of work of one producer, so that it is committed exactly once however often it is sent. Tokens of a
 * producer are ordered by epoch, then by sequence.
 *
 * @param producer identifies the producer for as long as the table lives; letters, digits, '.', '_', ':' and '-'
 * @param epoch grows by one each time the producer is replaced, so that a forgotten predecessor is refused
 * @param sequence grows with every unit of work within an epoch
 */
public record ProducerToken(String producer, long epoch, long sequence) implements Comparable<ProducerToken> {
    private static final int MAX_PRODUCER_LENGTH = 128;

    /** Refuses empty or unprintable producers and negative numbers. */
    public ProducerToken {
        if (producer.isEmpty() || producer.length() > MAX_PRODUCER_LENGTH || !producer.matches("[A-Za-z0-9._:-]+")) {
            throw new IllegalArgumentException(
                    "producer must be 1 to %d letters, digits, '.', '_', ':' or '-' but was '%s'"
                            .formatted(MAX_PRODUCER_LENGTH, producer));
        }
        if (epoch < 0 || sequence < 0) {
            throw new IllegalArgumentException(
                    "epoch and sequence must not be negative but were %d and %d".formatted(epoch, sequence));
        }
    }

    @Override
    public int compareTo(ProducerToken other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
    }

    String summaryValue() {
        return epoch + ":" + sequence;
    }

    /**
     * Reads what {@link #summaryValue} wrote.
     *
     * @throws TarnException CORRUPT if it is something else, as then nobody may write for the producer unnoticed
     */
    static ProducerToken parse(String producer, String value) {
        try {
            int colon = value.indexOf(':');
            return new ProducerToken(
                    producer, Long.parseLong(value.substring(0, colon)), Long.parseLong(value.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The token of producer '%s' must read 'epoch:sequence' but is '%s'; set it right in the table first"
                            .formatted(producer, value),
                    e);
        }
    }
}
