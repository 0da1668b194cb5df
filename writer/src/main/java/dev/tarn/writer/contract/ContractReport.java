package dev.tarn.writer.contract;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How data kept a contract. Holds counts and no values of rows, but for keys that an option allows.
 *
 * @param contractId which contract
 * @param contractVersion its version
 * @param contractHash hash of its file
 * @param table the table of the catalog
 * @param at when the verdict was given
 * @param rowsChecked rows that were looked at
 * @param rowsRejected rows that were held back
 * @param outcomes one for each rule, in the contract's order
 */
public record ContractReport(
        String contractId,
        String contractVersion,
        String contractHash,
        String table,
        Instant at,
        long rowsChecked,
        long rowsRejected,
        List<RuleOutcome> outcomes) {
    /** Prefix of the keys in snapshot summaries. */
    public static final String SUMMARY_PREFIX = "tarn.contract.";

    /** A message names this many rules; the report has all. */
    private static final int MAX_NAMED = 5;

    /** Copies the outcomes. */
    public ContractReport {
        outcomes = List.copyOf(outcomes);
    }

    /** The rules that were broken, of severity error. */
    public List<RuleOutcome> violations() {
        return with(RuleOutcome.Status.VIOLATED);
    }

    /** Whether no rule of severity error was broken. */
    public boolean passed() {
        return violations().isEmpty();
    }

    /** The outcomes of one status. */
    public List<RuleOutcome> with(RuleOutcome.Status status) {
        return outcomes.stream().filter(outcome -> outcome.status() == status).toList();
    }

    /** What goes into the summary of a snapshot. */
    public Map<String, String> summary() {
        Map<String, String> summary = new LinkedHashMap<>();
        summary.put(SUMMARY_PREFIX + "id", contractId);
        summary.put(SUMMARY_PREFIX + "version", contractVersion);
        summary.put(SUMMARY_PREFIX + "sha256", contractHash);
        summary.put(SUMMARY_PREFIX + "rules", Integer.toString(outcomes.size()));
        summary.put(SUMMARY_PREFIX + "rules-passed", count(RuleOutcome.Status.PASSED));
        summary.put(SUMMARY_PREFIX + "rules-warned", count(RuleOutcome.Status.WARNED));
        summary.put(SUMMARY_PREFIX + "rules-not-checked", count(RuleOutcome.Status.NOT_CHECKED));
        summary.put(SUMMARY_PREFIX + "rows-checked", Long.toString(rowsChecked));
        summary.put(SUMMARY_PREFIX + "rows-rejected", Long.toString(rowsRejected));
        return summary;
    }

    /** Names contract, table and the first broken rules, for messages. */
    public String describeViolations() {
        List<RuleOutcome> broken = violations();
        String rules =
                broken.stream().limit(MAX_NAMED).map(RuleOutcome::describe).collect(Collectors.joining("; "));
        String more = broken.size() > MAX_NAMED ? "; and %d more rules".formatted(broken.size() - MAX_NAMED) : "";
        return "Contract %s %s is not kept by the rows for table %s: %s%s"
                .formatted(contractId, contractVersion, table, rules, more);
    }

    /** The whole report as a JSON object. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("contract", contractId);
        json.put("version", contractVersion);
        json.put("sha256", contractHash);
        json.put("table", table);
        json.put("at", at.toString());
        json.put("passed", passed());
        json.put("rows_checked", rowsChecked);
        json.put("rows_rejected", rowsRejected);
        ArrayNode rules = json.putArray("rules");
        for (RuleOutcome outcome : outcomes) {
            ObjectNode rule = rules.addObject();
            rule.put("rule", outcome.rule().id());
            rule.put("columns", outcome.rule().columnText());
            rule.put("check", outcome.rule().check().kind());
            rule.put("severity", outcome.rule().severity().name());
            rule.put("dimension", outcome.rule().dimension());
            rule.put("limit", outcome.rule().limit().describe());
            rule.put("action", outcome.action().name());
            rule.put("status", outcome.status().name());
            rule.put("violations", outcome.violations());
            rule.put("rows", outcome.checked());
            rule.put("found", outcome.found());
            ArrayNode samples = rule.putArray("samples");
            outcome.samples().forEach(samples::add);
        }
        return json;
    }

    private String count(RuleOutcome.Status status) {
        return Integer.toString(with(status).size());
    }
}
