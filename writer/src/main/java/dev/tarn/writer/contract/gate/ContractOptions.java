package dev.tarn.writer.contract.gate;

import dev.tarn.common.DataSize;
import dev.tarn.writer.contract.Rule;
import dev.tarn.writer.contract.RuleAction;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a contract is enforced. Immutable; begin with {@link #defaults()}.
 *
 * @param action what happens to bad rows where neither the contract nor {@code actions} says
 * @param actions what happens to bad rows of single rules, by rule id; stronger than the contract
 * @param rejects where rows go with the action quarantine
 * @param lookup finds the tables that foreign keys refer to; without it foreign keys are not checked
 * @param sql runs queries; without it rules with queries are not checked
 * @param sampleColumns columns whose values may be named in reports and messages, to find bad rows; mostly the key
 * @param maxSamples bad rows that are named for each rule
 * @param keyBudget bytes for the fingerprints of keys of one load; a key takes up to 64
 * @param clock what ages are measured against
 */
public record ContractOptions(
        RuleAction action,
        Map<String, RuleAction> actions,
        Optional<RejectsTable> rejects,
        Optional<TableLookup> lookup,
        Optional<SqlRules> sql,
        List<String> sampleColumns,
        int maxSamples,
        DataSize keyBudget,
        Clock clock) {
    /** Four million keys: what a load of a few gigabytes has. */
    private static final DataSize DEFAULT_KEY_BUDGET = new DataSize(256L << 20);

    /** A report is read by people. */
    private static final int MOST_SAMPLES = 100;

    /** Copies the collections; refuses absurd numbers of samples. */
    public ContractOptions {
        actions = Map.copyOf(actions);
        sampleColumns = List.copyOf(sampleColumns);
        if (maxSamples < 0 || maxSamples > MOST_SAMPLES) {
            throw new IllegalArgumentException(
                    "maxSamples must be between 0 and %d but was %d".formatted(MOST_SAMPLES, maxSamples));
        }
    }

    /** Bad rows fail the load, no values in reports, ages by the clock of this machine. */
    public static ContractOptions defaults() {
        return new Values().options();
    }

    /** The same, with another action where nothing else says one. */
    public ContractOptions withAction(RuleAction other) {
        return with(values -> values.action = other);
    }

    /** The same, with an action for one rule. */
    public ContractOptions withAction(String ruleId, RuleAction other) {
        Map<String, RuleAction> all = new HashMap<>(actions);
        all.put(ruleId, other);
        return with(values -> values.actions = all);
    }

    /** The same, with a place for rejected rows. */
    public ContractOptions withRejects(RejectsTable table) {
        return with(values -> values.rejects = Optional.of(table));
    }

    /** The same, with a way to the tables that foreign keys refer to. */
    public ContractOptions withLookup(TableLookup tables) {
        return with(values -> values.lookup = Optional.of(tables));
    }

    /** The same, with an engine for queries. */
    public ContractOptions withSql(SqlRules engine) {
        return with(values -> values.sql = Optional.of(engine));
    }

    /** The same, with columns whose values may be named, for so many rows of each rule. */
    public ContractOptions withSamples(List<String> columns, int max) {
        return with(values -> {
            values.sampleColumns = columns;
            values.maxSamples = max;
        });
    }

    /** The same, with another budget for fingerprints of keys. */
    public ContractOptions withKeyBudget(DataSize budget) {
        return with(values -> values.keyBudget = budget);
    }

    /** The same, with another clock. */
    public ContractOptions withClock(Clock other) {
        return with(values -> values.clock = other);
    }

    /** What happens to the rows that break a rule. */
    public RuleAction actionOf(Rule rule) {
        RuleAction own = actions.get(rule.id());
        return own != null ? own : rule.action().orElse(action);
    }

    /** The same without an engine: what is not committed yet cannot be queried. */
    ContractOptions withoutSql() {
        return with(values -> values.sql = Optional.empty());
    }

    private ContractOptions with(Consumer<Values> change) {
        Values values = new Values();
        values.action = action;
        values.actions = actions;
        values.rejects = rejects;
        values.lookup = lookup;
        values.sql = sql;
        values.sampleColumns = sampleColumns;
        values.maxSamples = maxSamples;
        values.keyBudget = keyBudget;
        values.clock = clock;
        change.accept(values);
        return values.options();
    }

    /** The components while they are changed; what stands here is the default. */
    private static final class Values {
        private RuleAction action = RuleAction.FAIL;
        private Map<String, RuleAction> actions = Map.of();
        private Optional<RejectsTable> rejects = Optional.empty();
        private Optional<TableLookup> lookup = Optional.empty();
        private Optional<SqlRules> sql = Optional.empty();
        private List<String> sampleColumns = List.of();
        private int maxSamples;
        private DataSize keyBudget = DEFAULT_KEY_BUDGET;
        private Clock clock = Clock.systemUTC();

        ContractOptions options() {
            return new ContractOptions(
                    action, actions, rejects, lookup, sql, sampleColumns, maxSamples, keyBudget, clock);
        }
    }
}
