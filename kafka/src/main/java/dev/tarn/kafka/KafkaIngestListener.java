package dev.tarn.kafka;

/** Is told how a run goes, by the thread of the run; it must return soon. */
public interface KafkaIngestListener {
    /** Hears nothing. */
    KafkaIngestListener NONE = new KafkaIngestListener() {};

    /** After each commit. */
    default void committed(KafkaIngestReceipt soFar) {}

    /**
     * Something that a person may want to know and that the run goes on after.
     *
     * @param message one sentence without row values
     */
    default void noticed(String message) {}
}
