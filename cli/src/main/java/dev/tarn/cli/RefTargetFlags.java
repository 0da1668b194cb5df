package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.refs.TableRefs;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which snapshot is meant. */
final class RefTargetFlags {
    @Option(names = "--snapshot-id", paramLabel = "ID", description = "This snapshot.")
    private String snapshotId = "";

    @Option(names = "--ref", paramLabel = "NAME", description = "The snapshot of this branch or tag.")
    private String ref = "";

    @Option(names = "--as-of", paramLabel = "INSTANT", description = "What main showed then; 2026-01-01T00:00:00Z.")
    private String asOf = "";

    boolean isGiven() {
        return !(snapshotId + ref + asOf).isEmpty();
    }

    TableRefs.Target target() {
        try {
            return new TableRefs.Target(
                    given(snapshotId).map(Long::valueOf),
                    given(ref),
                    given(asOf).map(Instant::parse));
        } catch (NumberFormatException | DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "--snapshot-id needs a whole number and --as-of an instant as 2026-01-01T00:00:00Z: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Optional<String> given(String value) {
        return Optional.of(value).filter(text -> !text.isEmpty());
    }
}
