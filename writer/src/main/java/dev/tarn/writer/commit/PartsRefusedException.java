package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Of the parts of one physical commit some must be left out; nothing was written. */
final class PartsRefusedException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final transient List<Part> parts;

    PartsRefusedException(String tableName, List<Part> parts) {
        super(
                ErrorKind.CONFLICT,
                "%d of the %d parts of a commit to table %s must be left out"
                        .formatted(
                                parts.stream().filter(part -> !part.isFresh()).count(), parts.size(), tableName));
        this.parts = List.copyOf(parts);
    }

    /** In the order of the requests. */
    List<Part> parts() {
        return parts;
    }

    /**
     * What was found about one part: a verdict, or why it must not be committed.
     *
     * @param verdict null if it is refused
     * @param failure null unless it is refused
     */
    record Part(
            TokenCheck.@Nullable Verdict verdict, @Nullable TarnException failure) {
        boolean isFresh() {
            return verdict == TokenCheck.Verdict.FRESH;
        }

        TarnException refusal() {
            return Objects.requireNonNull(failure, "a part that is not refused has no refusal");
        }
    }
}
