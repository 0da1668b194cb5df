package dev.tarn.catalog.planning;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plan that is made while nobody waits for it. Thread-safe. */
final class BackgroundPlan {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundPlan.class);

    private final PlanDeadline deadline;
    private volatile byte @Nullable [] tasks;
    private volatile @Nullable TarnException failure;

    BackgroundPlan(PlanningSettings settings) {
        this.deadline = new PlanDeadline(settings.timeLimit());
    }

    /** Makes the plan, unless it was cancelled before. */
    void run(Function<PlanDeadline, byte[]> planning) {
        try {
            deadline.check();
            tasks = planning.apply(deadline);
        } catch (TarnException e) {
            failure = e;
        } catch (RuntimeException e) {
            LOG.error("A plan in the background failed", e);
            failure = new TarnException(ErrorKind.INTERNAL, "Planning failed; the catalog's log says why", e);
        }
    }

    void cancel() {
        deadline.cancel();
        tasks = null;
    }

    int answerBytes() {
        byte[] known = tasks;
        return known == null ? 0 : known.length;
    }

    /** Where the plan stands, as the client reads it. */
    Optional<byte[]> answer(PlanService.Asked asked) {
        if (deadline.isCancelled()) {
            return Optional.of(PlanService.Answers.status("cancelled", ""));
        }
        byte[] done = tasks;
        if (done != null) {
            return Optional.of(PlanService.Answers.completed("", asked.storageCredentials(), done));
        }
        TarnException failed = failure;
        return Optional.of(
                failed != null ? PlanService.Answers.failed(failed) : PlanService.Answers.status("submitted", ""));
    }
}
