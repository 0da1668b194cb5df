package dev.tarn.catalog.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.store.AuditRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who did what, as one JSON object a line in the log {@code tarn.audit}: logins, refusals, credentials that were
 * handed out, and changes of the administration. The last are in the database too, written with the change itself. Thread-safe.
 */
public final class AuditLog {
    /** Outcome of what was done. */
    public static final String ALLOWED = "allowed";

    /** Outcome of what was refused. */
    public static final String DENIED = "denied";

    private static final Logger LOG = LoggerFactory.getLogger("tarn.audit");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final MeterRegistry metrics;

    /** A log that counts what it writes. */
    public AuditLog(Clock clock, MeterRegistry metrics) {
        this.clock = clock;
        this.metrics = metrics;
    }

    /** A record of something that happens now, to be stored with the change and {@linkplain #write written} after it. */
    public AuditRecord describe(
            String principal, String action, String subject, String outcome, Map<String, String> details) {
        return new AuditRecord(principal, action, subject, outcome, clock.instant(), details);
    }

    /** Writes down something that changed nothing. */
    public void record(String principal, String action, String subject, String outcome, Map<String, String> details) {
        write(describe(principal, action, subject, outcome, details));
    }

    /** Writes one line. */
    public void write(AuditRecord audit) {
        Counter.builder("tarn.catalog.audit")
                .description("Entries of the audit log, by what was done and how it ended")
                .tag("action", audit.action())
                .tag("outcome", audit.outcome())
                .register(metrics)
                .increment();
        LOG.info("{}", json(audit));
    }

    private static String json(AuditRecord audit) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", audit.at().toString());
        fields.put("principal", audit.principal());
        fields.put("action", audit.action());
        fields.put("subject", audit.subject());
        fields.put("outcome", audit.outcome());
        fields.put("details", audit.details());
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts cannot fail to become JSON", e);
        }
    }
}
