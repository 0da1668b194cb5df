package dev.tarn.writer.contract;

import dev.tarn.writer.contract.ContractChange.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What changes for readers and writers when one contract replaces another. A promise that is withdrawn or loosened breaks
 * readers, one that is new or tightened breaks writers; a rule whose strictness cannot be compared counts as both. Stateless.
 */
public final class ContractDiff {
    private final List<ContractChange> changes = new ArrayList<>();

    private ContractDiff() {}

    /** All changes from an old contract to a new one, in the order of the old one. */
    public static List<ContractChange> between(Contract before, Contract after) {
        ContractDiff diff = new ContractDiff();
        if (!before.id().equals(after.id())) {
            diff.add(Effect.COMPATIBLE, "", "id: %s -> %s".formatted(before.id(), after.id()));
        }
        if (!before.version().equals(after.version())) {
            diff.add(Effect.COMPATIBLE, "", "version: %s -> %s".formatted(before.version(), after.version()));
        }
        diff.tables(before, after);
        return List.copyOf(diff.changes);
    }

    private void tables(Contract before, Contract after) {
        boolean single = before.tables().size() == 1 && after.tables().size() == 1;
        for (ContractTable old : before.tables()) {
            ContractTable now = single ? after.tables().get(0) : find(after, old.name());
            if (now == null) {
                add(Effect.BREAKS_READERS, old.name(), "table removed");
                continue;
            }
            if (!old.name().equals(now.name())) {
                add(Effect.BREAKS_READERS, old.name(), "table renamed to " + now.name());
            }
            fields(old.name() + ".", old.fields(), now.fields());
            rules(old, now);
        }
        for (ContractTable now : after.tables()) {
            if (!single && find(before, now.name()) == null) {
                add(Effect.COMPATIBLE, now.name(), "table added");
            }
        }
    }

    private static @Nullable ContractTable find(Contract contract, String name) {
        return contract.tables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void fields(String prefix, List<ContractField> before, List<ContractField> after) {
        Map<String, ContractField> now = byName(after);
        for (ContractField old : before) {
            ContractField field = now.remove(old.name());
            String path = prefix + old.name();
            if (field == null) {
                add(Effect.BREAKS_READERS, path, "column removed");
                continue;
            }
            if (old.type() != field.type()) {
                add(
                        Effect.BREAKS_READERS,
                        path,
                        "type: %s -> %s"
                                .formatted(old.type().word(), field.type().word()));
            } else if (!old.physicalType().equals(field.physicalType())) {
                add(
                        Effect.BREAKS_READERS,
                        path,
                        "physical type: '%s' -> '%s'".formatted(old.physicalType(), field.physicalType()));
            }
            fields(path + ".", old.fields(), field.fields());
        }
        now.forEach((name, field) -> add(Effect.COMPATIBLE, prefix + name, "column added"));
    }

    private static Map<String, ContractField> byName(List<ContractField> fields) {
        Map<String, ContractField> byName = new LinkedHashMap<>();
        fields.forEach(field -> byName.put(field.name(), field));
        return byName;
    }

    private void rules(ContractTable before, ContractTable after) {
        Map<String, Rule> now = new LinkedHashMap<>();
        after.rules().stream().filter(ContractDiff::isPromise).forEach(rule -> now.put(rule.id(), rule));
        for (Rule old : before.rules()) {
            if (!isPromise(old)) {
                continue;
            }
            Rule rule = now.remove(old.id());
            String path = before.name() + "." + old.id();
            if (rule == null) {
                add(old.severity() == Severity.ERROR ? Effect.BREAKS_READERS : Effect.COMPATIBLE, path, "rule removed");
            } else {
                compare(path, old, rule);
            }
        }
        now.forEach((id, rule) -> {
            boolean ofNewColumn = rule.check().columns().stream()
                    .anyMatch(column -> before.fields().stream()
                            .noneMatch(field -> column.equals(field.name()) || column.startsWith(field.name() + ".")));
            boolean harmless = rule.severity() == Severity.WARNING || ofNewColumn;
            add(harmless ? Effect.COMPATIBLE : Effect.BREAKS_WRITERS, after.name() + "." + id, "rule added");
        });
    }

    /** That a column is there and has its type is compared with the columns. */
    private static boolean isPromise(Rule rule) {
        return !(rule.check() instanceof Check.Present || rule.check() instanceof Check.Typed);
    }

    private void compare(String path, Rule before, Rule after) {
        if (before.severity() != after.severity()) {
            add(
                    after.severity() == Severity.ERROR ? Effect.BREAKS_WRITERS : Effect.BREAKS_READERS,
                    path,
                    "severity: %s -> %s".formatted(before.severity(), after.severity()));
        }
        if (!before.check().equals(after.check())) {
            switch (Strictness.compare(before.check(), after.check())) {
                case LOOSER -> add(Effect.BREAKS_READERS, path, "loosened");
                case STRICTER -> add(Effect.BREAKS_WRITERS, path, "tightened");
                case UNKNOWN -> {
                    add(Effect.BREAKS_READERS, path, "changed");
                    add(Effect.BREAKS_WRITERS, path, "changed");
                }
            }
        }
        if (!Objects.equals(before.limit(), after.limit())) {
            String message = "limit: %s -> %s"
                    .formatted(before.limit().describe(), after.limit().describe());
            add(Effect.BREAKS_READERS, path, message);
            add(Effect.BREAKS_WRITERS, path, message);
        }
    }

    private void add(Effect effect, String path, String message) {
        changes.add(new ContractChange(effect, path, message));
    }
}
