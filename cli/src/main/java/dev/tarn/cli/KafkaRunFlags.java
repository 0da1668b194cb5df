package dev.tarn.cli;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.CommitLimits;
import dev.tarn.kafka.EndOfRun;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The flags that say when to commit and when to end. */
final class KafkaRunFlags {
    @Option(names = "--commit-records", paramLabel = "N", description = "Commit after so many records; default 500000.")
    private long commitRecords = CommitLimits.DEFAULT.maxRecords();

    @Option(names = "--commit-bytes", paramLabel = "SIZE", description = "Commit after so many bytes; default 64MB.")
    private String commitBytes = "";

    @Option(
            names = "--commit-interval",
            paramLabel = "DURATION",
            description = "Commit at least so often; default PT1M.")
    private String commitInterval = "";

    @Option(names = "--until-latest", description = "End at the records that are the latest when the command begins.")
    private boolean untilLatest;

    @Option(names = "--max-records", paramLabel = "N", description = "End after so many records.")
    private long maxRecords;

    @Option(names = "--idle", paramLabel = "DURATION", description = "End when no record came for so long, as PT30S.")
    private String idle = "";

    CommitLimits limits() {
        try {
            return new CommitLimits(
                    commitRecords,
                    commitBytes.isEmpty() ? CommitLimits.DEFAULT.maxBytes() : DataSize.parse(commitBytes),
                    commitInterval.isEmpty()
                            ? CommitLimits.DEFAULT.maxAge()
                            : duration("--commit-interval", commitInterval));
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, "The limits of a commit: " + e.getMessage(), e);
        }
    }

    EndOfRun end() {
        try {
            return new EndOfRun(
                    untilLatest,
                    maxRecords == 0 ? OptionalLong.empty() : OptionalLong.of(maxRecords),
                    idle.isEmpty() ? Optional.empty() : Optional.of(duration("--idle", idle)));
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, "The end of the run: " + e.getMessage(), e);
        }
    }

    private static Duration duration(String flag, String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "%s must be a duration such as PT30S but was '%s'".formatted(flag, text), e);
        }
    }
}
