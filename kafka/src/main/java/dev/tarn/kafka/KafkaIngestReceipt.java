package dev.tarn.kafka;

/**
 * What a run has done so far; everything counted is committed.
 *
 * @param records records of the topics that the table is past now
 * @param rowsAdded rows in new data files
 * @param rowsDeleted rows that were visible before and are not any more
 * @param deadLetters records that went to the dead-letter table
 * @param skipped records that became nothing: bad ones that were passed over, and those without a value in append mode
 * @param commits commits to the table
 * @param rewinds how often records were read again, because a commit failed or another instance was faster
 * @param lag records that the assigned partitions have beyond the last one read, as far as known
 */
public record KafkaIngestReceipt(
        long records,
        long rowsAdded,
        long rowsDeleted,
        long deadLetters,
        long skipped,
        long commits,
        long rewinds,
        long lag) {
    static final KafkaIngestReceipt NOTHING = new KafkaIngestReceipt(0, 0, 0, 0, 0, 0, 0, 0);

    KafkaIngestReceipt rewound() {
        return new KafkaIngestReceipt(records, rowsAdded, rowsDeleted, deadLetters, skipped, commits, rewinds + 1, lag);
    }

    KafkaIngestReceipt withLag(long newLag) {
        return new KafkaIngestReceipt(records, rowsAdded, rowsDeleted, deadLetters, skipped, commits, rewinds, newLag);
    }
}
