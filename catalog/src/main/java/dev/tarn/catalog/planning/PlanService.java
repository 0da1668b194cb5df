package dev.tarn.catalog.planning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.planning.PlanTokens.Binding;
import dev.tarn.catalog.planning.PlanTokens.Kind;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.NoSuchPlanIdException;
import org.apache.iceberg.exceptions.NoSuchPlanTaskException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four operations of <a
 * href="https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml">scan planning</a> for the
 * tables of one warehouse. Small plans are answered at once, those that must decode much first are made in the
 * background. Nothing about a plan has to be remembered: its id and its tasks hold what any server with the same key
 * needs to plan again. What is remembered here only saves work, except for one thing: a cancel is known to the server
 * that got it, and to no other. Thread-safe.
 */
public final class PlanService {
    private static final Logger LOG = LoggerFactory.getLogger(PlanService.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Answers of background plans until they are fetched; a lost one is planned again. */
    private static final long MAX_KEPT_BYTES = 64L << 20;

    /** Weight of a plan without an answer yet. */
    private static final int MIN_WEIGHT = 4 * 1024;

    private final String warehouse;
    private final ScanPlanner planner;
    private final PlanTokens tokens;
    private final PlanningSettings settings;
    private final Executor planners;
    private final Executor background;
    private final Semaphore backgroundPlans;
    private final Cache<String, BackgroundPlan> known;

    PlanService(
            String warehouse,
            ScanPlanner planner,
            PlanTokens tokens,
            PlanningSettings settings,
            Executor planners,
            Executor background,
            Clock clock) {
        this.warehouse = warehouse;
        this.planner = planner;
        this.tokens = tokens;
        this.settings = settings;
        this.planners = planners;
        this.background = background;
        this.backgroundPlans = new Semaphore(settings.maxAsyncPlans());
        this.known = Caffeine.newBuilder()
                .maximumWeight(MAX_KEPT_BYTES)
                .weigher((String id, BackgroundPlan plan) -> MIN_WEIGHT + id.length() + plan.answerBytes())
                .expireAfterWrite(settings.tokenLifetime())
                .executor(Runnable::run)
                .build();
    }

    /**
     * Who asks about which table, and what an answer with files adds for reading them.
     *
     * @param principal who asks
     * @param metadata the table as it is now
     * @param storageCredentials JSON array of credentials for its files, empty for none
     */
    public record Asked(String principal, TableMetadata metadata, String storageCredentials) {}

    /** The way in which planning went on, as JSON for the client. */
    private interface Work {
        byte[] run();
    }

    /**
     * Plans a scan, or begins to.
     *
     * @param body the request
     * @throws TarnException OVERLOADED at once if too many plans wait
     */
    public CompletionStage<byte[]> plan(Asked asked, JsonNode body) {
        ScanRequest request = ScanRequest.of(body, asked.metadata().schema());
        Scan scan = Scan.of(asked.metadata(), request);
        byte[] packed = PlanTokens.packed(request.bytes());
        String planId = tokens.planId(binding(asked), scan.pin(), packed);
        return onPlanner(() -> planOrSubmit(asked, scan, packed, planId, Reply.PLAN));
    }

    /**
     * The result of a plan, or where it stands.
     *
     * @throws NoSuchPlanIdException if the id is none that was given for this table and principal, or expired
     */
    public CompletionStage<byte[]> result(Asked asked, String planId) {
        PlanToken token = read(Kind.PLAN, asked, planId)
                .filter(plan -> plan.request().length > 0)
                .orElseThrow(() -> noSuchPlan());
        BackgroundPlan plan = known.getIfPresent(planId);
        if (plan != null) {
            Optional<byte[]> answer = plan.answer(asked);
            if (answer.isPresent()) {
                return CompletableFuture.completedFuture(answer.get());
            }
        }
        Scan scan = pinned(asked, token, () -> noSuchPlan());
        byte[] packed = PlanTokens.packed(token.request());
        return onPlanner(() -> planOrSubmit(asked, scan, packed, planId, Reply.RESULT));
    }

    /**
     * Gives a plan up, as far as this server makes it.
     *
     * @throws NoSuchPlanIdException if the id is none that was given for this table and principal, or expired
     */
    public void cancel(Asked asked, String planId) {
        if (read(Kind.PLAN, asked, planId).isEmpty()) {
            throw noSuchPlan();
        }
        BackgroundPlan plan = known.get(planId, id -> new BackgroundPlan(settings));
        plan.cancel();
        known.put(planId, plan);
    }

    /**
     * The files of a plan task.
     *
     * @throws NoSuchPlanTaskException if the task is none that was given for this table and principal, or expired
     */
    public CompletionStage<byte[]> tasks(Asked asked, String planTask) {
        PlanToken token = read(Kind.TASK, asked, planTask).orElseThrow(() -> noSuchTask());
        Scan scan = pinned(asked, token, () -> noSuchTask());
        byte[] packed = PlanTokens.packed(token.request());
        return onPlanner(() -> {
            PlanDeadline deadline = new PlanDeadline(settings.timeLimit());
            ScanPlanner.Manifests manifests = planner.manifests(scan, deadline);
            return Answers.object(planned(asked, scan, manifests, token.range(), packed, deadline));
        });
    }

    private enum Reply {
        PLAN,
        RESULT
    }

    private byte[] planOrSubmit(Asked asked, Scan scan, byte[] packed, String planId, Reply reply) {
        PlanDeadline deadline = new PlanDeadline(settings.timeLimit());
        String shownId = reply == Reply.PLAN ? planId : "";
        try {
            ScanPlanner.Manifests manifests = planner.manifests(scan, deadline);
            boolean large = planner.filesToDecode(scan, manifests) > settings.asyncThresholdFiles();
            if (!large || !PlanTokens.fitsPlanId(packed)) {
                byte[] tasks = planned(asked, scan, manifests, ScanRange.ALL, packed, deadline);
                return Answers.completed(shownId, asked.storageCredentials(), tasks);
            }
        } catch (TarnException e) {
            return Answers.failedIfLate(e);
        }
        submit(asked, scan, packed, planId);
        return Answers.status("submitted", shownId);
    }

    private void submit(Asked asked, Scan scan, byte[] packed, String planId) {
        BackgroundPlan plan = new BackgroundPlan(settings);
        if (known.asMap().putIfAbsent(planId, plan) != null) {
            return; // It runs already.
        }
        if (!backgroundPlans.tryAcquire()) {
            known.invalidate(planId);
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "More than %d plans are made in the background; try again".formatted(settings.maxAsyncPlans()));
        }
        try {
            background.execute(() -> {
                try {
                    plan.run(deadline -> {
                        ScanPlanner.Manifests manifests = planner.manifests(scan, deadline);
                        return planned(asked, scan, manifests, ScanRange.ALL, packed, deadline);
                    });
                    known.asMap().computeIfPresent(planId, (id, same) -> same); // Weighs the answer.
                } finally {
                    backgroundPlans.release();
                }
            });
        } catch (RejectedExecutionException e) {
            backgroundPlans.release();
            known.invalidate(planId);
            throw new TarnException(ErrorKind.OVERLOADED, "The server plans too many scans; try again", e);
        }
    }

    private byte[] planned(
            Asked asked,
            Scan scan,
            ScanPlanner.Manifests manifests,
            ScanRange range,
            byte[] packed,
            PlanDeadline deadline) {
        Binding binding = binding(asked);
        ScanPlan plan = planner.plan(scan, manifests, range, deadline);
        return ScanJson.tasks(plan, scan.statsFields(), part -> tokens.planTask(binding, scan.pin(), part, packed));
    }

    private CompletionStage<byte[]> onPlanner(Work work) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        try {
            planners.execute(() -> {
                try {
                    result.complete(work.run());
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            throw new TarnException(ErrorKind.OVERLOADED, "The server plans too many scans; try again", e);
        }
        return result;
    }

    private Optional<PlanToken> read(Kind kind, Asked asked, String token) {
        return tokens.read(kind, binding(asked), token);
    }

    private Scan pinned(Asked asked, PlanToken token, Supplier<RuntimeException> gone) {
        try {
            ScanRequest request =
                    ScanRequest.of(token.request(), asked.metadata().schema());
            return Scan.of(asked.metadata(), request, token.pin());
        } catch (ScanGoneException e) {
            LOG.debug("A plan outlived its snapshot", e);
            throw gone.get();
        } catch (BadRequestException e) {
            LOG.debug("A plan outlived the columns of its filter", e);
            throw gone.get();
        }
    }

    private Binding binding(Asked asked) {
        return new Binding(asked.principal(), warehouse, asked.metadata().uuid());
    }

    private static NoSuchPlanIdException noSuchPlan() {
        return new NoSuchPlanIdException(
                "The plan id was not given for this table, or it expired, or its snapshot is gone; plan the scan again");
    }

    private static NoSuchPlanTaskException noSuchTask() {
        return new NoSuchPlanTaskException(
                "The plan task was not given for this table, or it expired, or its snapshot is gone; plan the scan again");
    }

    /** The answers that are no lists of files. */
    static final class Answers {
        private Answers() {}

        static byte[] object(byte[] fields) {
            return joined("{", fields, "}");
        }

        static byte[] completed(String planId, String storageCredentials, byte[] tasks) {
            StringBuilder head = new StringBuilder("{\"status\":\"completed\",");
            if (!planId.isEmpty()) {
                head.append("\"plan-id\":\"").append(planId).append("\",");
            }
            if (!storageCredentials.isEmpty()) {
                head.append("\"storage-credentials\":")
                        .append(storageCredentials)
                        .append(',');
            }
            return joined(head.toString(), tasks, "}");
        }

        static byte[] status(String status, String planId) {
            ObjectNode body = JSON.createObjectNode().put("status", status);
            if (!planId.isEmpty()) {
                body.put("plan-id", planId);
            }
            return bytes(body);
        }

        static byte[] failed(TarnException failure) {
            int code =
                    switch (failure.kind()) {
                        case DEADLINE, UNAVAILABLE, CANCELLED -> 503;
                        case FORBIDDEN, REFUSED -> 403;
                        case INTERNAL, CORRUPT -> 500;
                        default -> 400;
                    };
            String type =
                    switch (code) {
                        case 503 -> "ServiceUnavailableException";
                        case 403 -> "ForbiddenException";
                        case 500 -> "InternalServerError";
                        default -> "BadRequestException";
                    };
            ObjectNode body = JSON.createObjectNode().put("status", "failed");
            body.putObject("error")
                    .put("message", String.valueOf(failure.getMessage()))
                    .put("type", type)
                    .put("code", code);
            return bytes(body);
        }

        /** A plan that took too long has failed; every other failure is one of the request. */
        static byte[] failedIfLate(TarnException failure) {
            if (failure.kind() == ErrorKind.DEADLINE) {
                return failed(failure);
            }
            throw failure;
        }

        private static byte[] bytes(ObjectNode body) {
            return body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }

        private static byte[] joined(String head, byte[] middle, String tail) {
            byte[] before = head.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            byte[] after = tail.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            byte[] all = new byte[before.length + middle.length + after.length];
            System.arraycopy(before, 0, all, 0, before.length);
            System.arraycopy(middle, 0, all, before.length, middle.length);
            System.arraycopy(after, 0, all, before.length + middle.length, after.length);
            return all;
        }
    }
}
