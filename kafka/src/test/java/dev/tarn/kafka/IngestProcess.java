package dev.tarn.kafka;

import dev.tarn.common.DataSize;
import dev.tarn.kafka.decode.JsonDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** A process that reads one topic for ever, to be killed: folder of the lake, brokers, topic and table, partitions. */
final class IngestProcess {
    private IngestProcess() {}

    public static void main(String[] args) {
        try (TestLake lake = new TestLake(Path.of(args[0]))) {
            KafkaIngest.into(
                            lake.catalog(),
                            TestLake.name(args[2]),
                            KafkaSource.of(args[1], args[2], "killed").withPartitions(Set.of(0, 1)),
                            KafkaIngestOptions.defaults()
                                    .withBadRecords(BadRecords.DEAD_LETTER)
                                    .withLimits(new CommitLimits(200, DataSize.ofMegabytes(1), Duration.ofMillis(50))),
                            new JsonDecoder())
                    .run(new KafkaIngestListener() {
                        @Override
                        public void committed(KafkaIngestReceipt soFar) {
                            System.out.println("committed");
                        }
                    });
        }
    }
}
