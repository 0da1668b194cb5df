package dev.tarn.writer.contract;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the <a href="https://github.com/datacontract/datacontract-specification">data contract specification</a>: {@code
 * models} with {@code fields}, and the short form that many files have, a JSON schema under {@code schema} with thresholds
 * under {@code quality}. Not thread-safe.
 */
final class SpecificationParser {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private static final String[] FIELD_FOR_PEOPLE = {
        "description", "title", "example", "examples", "pii", "classification", "tags", "links", "lineage", "$ref"
    };

    private final Section top;
    private final Map<String, Section> definitions;
    private final List<ContractTable> tables = new ArrayList<>();
    private final List<RuleList> rules = new ArrayList<>();

    SpecificationParser(Section top) {
        this.top = top;
        this.definitions = top.named("definitions");
    }

    Contract read(String hash) {
        String standard = top.requiredText("dataContractSpecification", "0.9.3");
        if (!standard.matches("0[.]9[.].*|1[.].*")) {
            top.error(
                    top.lineOf("dataContractSpecification"),
                    "dataContractSpecification must be 0.9 or 1 but was '%s'".formatted(standard));
        }
        top.ignore("servers", "terms", "links", "tags", "examples");
        String id = top.requiredText("id", "unnamed");
        Optional<Section> info = top.section("info");
        if (info.isEmpty()) {
            top.error(top.line(), "the key 'info' is missing");
        }
        String title = info.map(section -> section.requiredText("title", "")).orElse("");
        String version =
                info.map(section -> section.requiredText("version", "")).orElse("");
        info.ifPresent(section -> {
            section.ignore("owner", "contact", "status", "description");
            section.finish();
        });
        readModels();
        readShortSchema(id);
        top.section("servicelevels").ifPresent(this::readServiceLevels);
        top.section("quality").ifPresent(this::readQuality);
        if (tables.isEmpty()) {
            top.warn(top.line(), "the contract has no columns: neither 'models' nor 'schema.properties'");
        }
        top.finish();
        List<ContractTable> complete = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            complete.add(new ContractTable(
                    tables.get(i).name(), tables.get(i).fields(), rules.get(i).rules()));
        }
        return new Contract(id, version, title, "dataContractSpecification " + standard, hash, complete);
    }

    private void readModels() {
        for (Map.Entry<String, Section> entry : top.named("models").entrySet()) {
            Section model = entry.getValue();
            model.ignore("description", "type", "title", "tags", "examples");
            RuleList list = new RuleList();
            Optional<RuleAction> action = Actions.ofConfig(model);
            List<ContractField> fields = fields(model.named("fields"), "", list, action, List.of());
            List<String> key = model.texts("primaryKey");
            if (!key.isEmpty()) {
                new FieldRules(list).addUnique(key, action, model.lineOf("primaryKey"));
            }
            if (model.isList("quality")) {
                new QualityRules(list).addAll(model, "", action);
            }
            model.finish();
            tables.add(new ContractTable(entry.getKey(), fields, List.of()));
            rules.add(list);
        }
    }

    /** A JSON schema at the place where the specification wants its type and text. */
    private void readShortSchema(String contractId) {
        Optional<Section> schema = top.section("schema");
        if (schema.isEmpty()) {
            return;
        }
        Section at = schema.get();
        if (!at.has("properties")) {
            at.ignore("type", "specification");
            at.warn(
                    at.line(),
                    "a schema of type '%s' is not read; write the columns under 'models'"
                            .formatted(at.text("type", "")));
            return;
        }
        at.ignore("type", "$schema", "$id", "title", "description", "additionalProperties");
        RuleList list = new RuleList();
        List<String> required = at.isList("required") ? at.texts("required") : List.of();
        List<ContractField> fields = fields(at.named("properties"), "", list, Optional.empty(), required);
        for (String name : required) {
            if (fields.stream().noneMatch(field -> field.name().equals(name))) {
                at.error(at.lineOf("required"), "the required column '%s' is not among the properties".formatted(name));
            }
        }
        at.finish();
        tables.add(new ContractTable(contractId, fields, List.of()));
        rules.add(list);
    }

    private List<ContractField> fields(
            Map<String, Section> sections,
            String prefix,
            RuleList list,
            Optional<RuleAction> action,
            List<String> required) {
        List<ContractField> fields = new ArrayList<>();
        sections.forEach((name, section) -> {
            fields.add(
                    field(name, section, prefix, list, Actions.ofConfig(section).or(() -> action), required));
            section.finish();
        });
        return fields;
    }

    private ContractField field(
            String name,
            Section field,
            String prefix,
            RuleList list,
            Optional<RuleAction> action,
            List<String> requiredNames) {
        field.ignore(FIELD_FOR_PEOPLE);
        field.ignore("config", "precision", "scale");
        String column = prefix + name;
        Optional<Section> definition = definitionOf(field);
        ContractType type = type(field, definition);
        FieldRules fieldRules = new FieldRules(list);
        fieldRules.addShape(column, type, field.line());
        boolean listed = requiredNames.contains(name);
        boolean required = listed
                || field.flag("primary")
                || field.flag("primaryKey")
                || (!field.isList("required") && field.flag("required"));
        if (required) {
            fieldRules.addRequired(column, action, listed ? field.line() : field.lineOf("required"));
        }
        boolean key = field.flag("primary") || field.flag("primaryKey");
        if (field.flag("unique") || key) {
            fieldRules.addUnique(List.of(column), action, field.lineOf("unique"));
        }
        fieldRules.addConstraints(column, type, field, action);
        definition.ifPresent(shared -> fieldRules.addConstraints(column, type, shared, action));
        field.text("references").ifPresent(reference -> addReference(field, column, reference, list));
        if (field.isList("quality")) {
            new QualityRules(list).addAll(field, column, action);
        }
        return new ContractField(
                name,
                type,
                physicalType(field, type),
                required,
                field.text("description", ""),
                nested(field, column, list, action));
    }

    private List<ContractField> nested(Section field, String column, RuleList list, Optional<RuleAction> action) {
        List<String> required = field.isList("required") ? field.texts("required") : List.of();
        List<ContractField> fields =
                new ArrayList<>(fields(field.named("fields"), column + ".", list, action, required));
        fields.addAll(fields(field.named("properties"), column + ".", list, action, required));
        for (String part : List.of("items", "keys", "values")) {
            String name = part.equals("items") ? "element" : part.equals("keys") ? "key" : "value";
            field.section(part).ifPresent(section -> {
                RuleList unused = new RuleList();
                fields.add(field(name, section, "", unused, Optional.empty(), List.of()));
                if (unused.rules().stream().anyMatch(SpecificationParser::isMoreThanShape)) {
                    section.warn(section.line(), "rules for elements of lists and maps are not enforced");
                }
                section.finish();
            });
        }
        return fields;
    }

    private static boolean isMoreThanShape(Rule rule) {
        return !(rule.check() instanceof Check.Present || rule.check() instanceof Check.Typed);
    }

    private Optional<Section> definitionOf(Section field) {
        Optional<String> reference = field.text("$ref");
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        String name = reference.get().substring(reference.get().lastIndexOf('/') + 1);
        Section found = definitions.get(name);
        if (found == null || !reference.get().startsWith("#/definitions/")) {
            field.error(field.lineOf("$ref"), "the definition '%s' is not in this file".formatted(reference.get()));
        }
        return Optional.ofNullable(found);
    }

    private static ContractType type(Section field, Optional<Section> definition) {
        // JSON schemas may list types; null among them says what is not required already.
        List<String> words = field.textOrTexts("type").stream()
                .filter(word -> !word.equals("null"))
                .toList();
        if (words.isEmpty()) {
            words = definition.map(shared -> shared.textOrTexts("type")).orElse(List.of());
        }
        if (words.size() != 1) {
            if (words.size() > 1) {
                field.warn(field.lineOf("type"), "a column of several types is not checked for its type");
            }
            return ContractType.ANY;
        }
        String word = words.get(0);
        Optional<ContractType> type = ContractType.find(word);
        if (type.isEmpty()) {
            field.error(
                    field.lineOf("type"),
                    "unknown type '%s'%s"
                            .formatted(word, dev.tarn.common.NearestName.hint(word, ContractType.words())));
        }
        return type.orElse(ContractType.ANY);
    }

    private static String physicalType(Section field, ContractType type) {
        Optional<Integer> precision = field.wholeNumber("precision");
        Optional<Integer> scale = field.wholeNumber("scale");
        boolean decimal = type == ContractType.DECIMAL || type == ContractType.NUMBER;
        return decimal && (precision.isPresent() || scale.isPresent())
                ? "decimal(%d, %d)".formatted(precision.orElse(38), scale.orElse(0))
                : "";
    }

    private static void addReference(Section field, String column, String reference, RuleList list) {
        int dot = reference.indexOf('.');
        if (dot < 1) {
            field.error(
                    field.lineOf("references"), "'references' must be model.field but was '%s'".formatted(reference));
            return;
        }
        list.add(
                new Check.ForeignKey(
                        List.of(column), reference.substring(0, dot), List.of(reference.substring(dot + 1))),
                RuleList.Terms.strict("consistency", Optional.empty(), field.lineOf("references")));
    }

    private void readServiceLevels(Section levels) {
        levels.ignore("availability", "frequency", "support", "backup");
        levels.section("freshness").ifPresent(at -> addAge(at, true, "threshold", "timestampField"));
        levels.section("retention").ifPresent(at -> {
            at.ignore("unlimited");
            if (!at.flag("unlimited")) {
                addAge(at, false, "period", "timestampField");
            }
        });
        if (levels.has("latency")) {
            levels.warn(levels.lineOf("latency"), "latency is not enforced");
        }
        levels.finish();
    }

    private void addAge(Section at, boolean isFreshness, String ageKey, String columnKey) {
        at.ignore("description");
        Optional<String> text = at.text(ageKey);
        String column = at.text(columnKey, "");
        if (text.isEmpty()) {
            at.warn(at.line(), "without '%s' nothing is enforced".formatted(ageKey));
            return;
        }
        Optional<Duration> age = Periods.parse(text.get());
        if (age.isEmpty()) {
            at.error(at.lineOf(ageKey), "'%s' is no length of time, such as PT1H or 25h".formatted(text.get()));
            return;
        }
        TimeColumns.add(at, at.lineOf(ageKey), isFreshness, age.get(), column, tables, rules);
        at.finish();
    }

    /** The thresholds of the short form; a quality of another type belongs to another tool. */
    private void readQuality(Section quality) {
        if (quality.has("type") || quality.has("specification")) {
            quality.ignore("specification");
            quality.warn(
                    quality.line(),
                    "quality checks of type '%s' are not run; write rules at the columns"
                            .formatted(quality.text("type", "")));
            return;
        }
        for (Section item : quality.sections("completeness")) {
            addCompleteness(item);
            item.finish();
        }
        for (Section item : quality.sections("uniqueness")) {
            List<String> columns = item.textOrTexts(item.has("fields") ? "fields" : "field");
            owner(item, columns)
                    .ifPresent(list -> new FieldRules(list).addUnique(columns, Optional.empty(), item.line()));
            item.finish();
        }
        quality.section("freshness").ifPresent(at -> {
            boolean threshold = at.has("threshold") && !at.has("maxDelay");
            addAge(at, true, threshold ? "threshold" : "maxDelay", at.has("field") ? "field" : "timestampField");
        });
        quality.section("rowCount").ifPresent(this::addRowCount);
        quality.finish();
    }

    private void addCompleteness(Section item) {
        String column = item.requiredText("field", "");
        Optional<BigDecimal> threshold = item.number("threshold");
        if (threshold.isEmpty()
                || threshold.get().signum() < 0
                || threshold.get().compareTo(HUNDRED) > 0) {
            item.error(item.lineOf("threshold"), "completeness needs a 'threshold' between 0 and 100 percent");
            return;
        }
        Limit limit = Limit.atMostPercent(HUNDRED.subtract(threshold.get()));
        owner(item, List.of(column))
                .ifPresent(list -> list.add(
                        new Check.NotNull(column),
                        new RuleList.Terms(
                                "completeness(%s)".formatted(column),
                                limit,
                                Severity.ERROR,
                                "completeness",
                                Optional.empty(),
                                item.line())));
    }

    private void addRowCount(Section at) {
        Optional<BigDecimal> min = at.number("min");
        Optional<BigDecimal> max = at.number("max");
        if (min.isEmpty() && max.isEmpty()) {
            at.error(at.line(), "rowCount needs 'min' or 'max'");
            return;
        }
        BigDecimal low = min.orElse(BigDecimal.ZERO);
        Limit limit = max.isPresent() && max.get().compareTo(low) >= 0
                ? new Limit(Limit.Operator.MUST_BE_BETWEEN, low, max.get(), Limit.Unit.ROWS)
                : new Limit(Limit.Operator.MUST_BE_GREATER_OR_EQUAL_TO, low, low, Limit.Unit.ROWS);
        if (max.isPresent() && max.get().compareTo(low) < 0) {
            at.error(at.line(), "rowCount needs 'min' not above 'max'");
        }
        rules.forEach(list -> list.add(
                new Check.RowCount(),
                new RuleList.Terms("", limit, Severity.ERROR, "completeness", Optional.empty(), at.line())));
        at.finish();
    }

    private Optional<RuleList> owner(Section at, List<String> columns) {
        for (int i = 0; i < tables.size(); i++) {
            List<String> names =
                    tables.get(i).fields().stream().map(ContractField::name).toList();
            if (names.containsAll(columns)) {
                return Optional.of(rules.get(i));
            }
        }
        at.error(at.line(), "no table of the contract has the columns %s".formatted(columns));
        return Optional.empty();
    }
}
