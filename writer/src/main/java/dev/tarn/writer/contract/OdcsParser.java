package dev.tarn.writer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the <a href="https://bitol-io.github.io/open-data-contract-standard/">Open Data Contract Standard</a> 3. Written
 * for 3.1; what 3.2 adds and no rule needs is passed over. Not thread-safe.
 */
final class OdcsParser {
    private static final String[] ELEMENT_FOR_PEOPLE = {
        "id",
        "description",
        "businessName",
        "authoritativeDefinitions",
        "tags",
        "customProperties",
        "semanticType",
        "synonyms",
        "context"
    };

    private final Section top;

    OdcsParser(Section top) {
        this.top = top;
    }

    Contract read(String hash) {
        String apiVersion = top.requiredText("apiVersion", "v3.1.0");
        if (!apiVersion.matches("v?3[.].*")) {
            top.error(top.lineOf("apiVersion"), "apiVersion must be v3 but was '%s'".formatted(apiVersion));
        }
        String kind = top.requiredText("kind", "DataContract");
        if (!kind.equals("DataContract")) {
            top.error(top.lineOf("kind"), "kind must be DataContract but was '%s'".formatted(kind));
        }
        top.ignore("tenant", "tags", "servers", "dataProduct", "description", "domain", "support", "price", "team");
        top.ignore("roles", "authoritativeDefinitions", "contractCreatedTs");
        top.requiredText("status", "");
        String id = top.requiredText("id", "unnamed");
        String version = top.requiredText("version", "");
        Optional<RuleAction> action = Actions.of(top);
        List<ContractTable> tables = new ArrayList<>();
        List<RuleList> rules = new ArrayList<>();
        for (Section object : top.sections("schema")) {
            RuleList list = new RuleList();
            tables.add(table(object, list, Actions.of(object).or(() -> action)));
            rules.add(list);
            object.finish();
        }
        addServiceLevels(tables, rules);
        List<ContractTable> complete = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            complete.add(new ContractTable(
                    tables.get(i).name(), tables.get(i).fields(), rules.get(i).rules()));
        }
        String title = top.text("name", "");
        top.finish();
        return new Contract(id, version, title, "ODCS " + apiVersion, hash, complete);
    }

    private ContractTable table(Section object, RuleList rules, Optional<RuleAction> action) {
        object.ignore(ELEMENT_FOR_PEOPLE);
        object.ignore("logicalType", "physicalType", "dataGranularityDescription");
        String logicalName = object.requiredText("name", "unnamed");
        String name = object.text("physicalName", logicalName);
        List<Section> properties = object.sections("properties");
        List<ContractField> fields = fields(properties, "", rules, action);
        addPrimaryKey(properties, rules, action);
        new QualityRules(rules).addAll(object, "", action);
        for (Section relationship : object.sections("relationships")) {
            addForeignKey(relationship, relationship.textOrTexts("from"), rules);
            relationship.finish();
        }
        return new ContractTable(name, fields, List.of());
    }

    private List<ContractField> fields(
            List<Section> properties, String prefix, RuleList rules, Optional<RuleAction> action) {
        List<ContractField> fields = new ArrayList<>();
        for (Section property : properties) {
            fields.add(field(property, prefix, rules, Actions.of(property).or(() -> action)));
            property.finish();
        }
        return fields;
    }

    private ContractField field(Section property, String prefix, RuleList rules, Optional<RuleAction> action) {
        property.ignore(ELEMENT_FOR_PEOPLE);
        property.ignore("primaryKey", "primaryKeyPosition", "partitioned", "partitionKeyPosition", "classification");
        property.ignore("encryptedName", "transformSourceObjects", "transformLogic", "transformDescription");
        property.ignore("examples", "criticalDataElement");
        String logicalName = property.requiredText("name", "unnamed");
        String name = property.text("physicalName", logicalName);
        String column = prefix + name;
        ContractType type = type(property);
        boolean required = property.flag("required");
        FieldRules fieldRules = new FieldRules(rules);
        fieldRules.addShape(column, type, property.line());
        if (required) {
            fieldRules.addRequired(column, action, property.lineOf("required"));
        }
        if (property.flag("unique")) {
            fieldRules.addUnique(List.of(column), action, property.lineOf("unique"));
        }
        property.section("logicalTypeOptions").ifPresent(options -> {
            options.ignore("timezone", "defaultTimezone");
            ignoreOptionsOfNested(type, options);
            fieldRules.addConstraints(column, type, options, action);
            options.finish();
        });
        if (property.has("enum")) {
            fieldRules.addConstraints(column, type, property, action);
        }
        new QualityRules(rules).addAll(property, column, action);
        for (Section relationship : property.sections("relationships")) {
            addForeignKey(relationship, List.of(column), rules);
            relationship.finish();
        }
        return new ContractField(
                name,
                type,
                property.text("physicalType", ""),
                required,
                property.text("description", ""),
                nested(property, column, type, rules, action));
    }

    private List<ContractField> nested(
            Section property, String column, ContractType type, RuleList rules, Optional<RuleAction> action) {
        List<ContractField> fields =
                new ArrayList<>(fields(property.sections("properties"), column + ".", rules, action));
        property.section("items").ifPresent(items -> {
            // Rules of list elements have no place in a batch of rows; the shape is kept.
            RuleList unused = new RuleList();
            items.ignore("name");
            fields.add(elementOf(items, unused));
            boolean loses = unused.rules().stream()
                    .anyMatch(rule -> !(rule.check() instanceof Check.Present || rule.check() instanceof Check.Typed));
            if (loses) {
                items.warn(items.line(), "rules for elements of a list are not enforced");
            }
            items.finish();
        });
        if (type == ContractType.MAP) {
            property.ignore("map");
        }
        return fields;
    }

    private ContractField elementOf(Section items, RuleList unused) {
        items.ignore(ELEMENT_FOR_PEOPLE);
        items.ignore("physicalName", "required", "unique", "examples", "classification");
        ContractType type = type(items);
        items.section("logicalTypeOptions")
                .ifPresent(
                        options -> new FieldRules(unused).addConstraints("element", type, options, Optional.empty()));
        new QualityRules(unused).addAll(items, "element", Optional.empty());
        List<ContractField> children = fields(items.sections("properties"), "element.", unused, Optional.empty());
        return new ContractField("element", type, items.text("physicalType", ""), false, "", children);
    }

    private static void ignoreOptionsOfNested(ContractType type, Section options) {
        if (type == ContractType.OBJECT) {
            options.ignore("maxProperties", "minProperties", "required");
        } else if (type == ContractType.ARRAY && (options.has("minItems") || options.has("maxItems"))) {
            options.ignore("uniqueItems");
            options.warn(options.line(), "the number of elements of a list is not enforced");
        }
    }

    private static ContractType type(Section property) {
        String word = property.text("logicalType", "");
        Optional<ContractType> type = word.isEmpty() ? Optional.of(ContractType.ANY) : ContractType.find(word);
        if (type.isEmpty()) {
            property.error(property.lineOf("logicalType"), "unknown logicalType '%s'".formatted(word));
        }
        ContractType found = type.orElse(ContractType.ANY);
        if (found == ContractType.INTEGER) {
            return ContractType.INTEGER;
        }
        return found;
    }

    private static void addPrimaryKey(List<Section> properties, RuleList rules, Optional<RuleAction> action) {
        TreeMap<Integer, String> columns = new TreeMap<>(Comparator.naturalOrder());
        int next = 10_000;
        int line = 0;
        for (Section property : properties) {
            if (property.flag("primaryKey")) {
                int position = property.wholeNumber("primaryKeyPosition").orElse(-1);
                String name = property.text("physicalName").orElseGet(() -> property.text("name", "unnamed"));
                columns.put(position > 0 ? position : next++, name);
                line = property.lineOf("primaryKey");
                if (!property.flag("required")) {
                    new FieldRules(rules).addRequired(name, action, line);
                }
            }
        }
        if (!columns.isEmpty()) {
            new FieldRules(rules).addUnique(List.copyOf(columns.values()), action, line);
        }
    }

    private static void addForeignKey(Section relationship, List<String> from, RuleList rules) {
        relationship.ignore("type", "customProperties", "id", "from");
        List<String> to = relationship.textOrTexts("to");
        List<String> columns = from.stream().map(OdcsParser::lastPart).toList();
        if (to.isEmpty() || to.size() != columns.size()) {
            relationship.error(relationship.line(), "a relationship needs as many columns in 'to' as in 'from'");
            return;
        }
        String target = tableOf(to.get(0));
        if (target.isEmpty()) {
            relationship.error(
                    relationship.lineOf("to"), "'to' must be table.column but was '%s'".formatted(to.get(0)));
            return;
        }
        List<String> targetColumns = to.stream().map(OdcsParser::lastPart).toList();
        rules.add(
                new Check.ForeignKey(columns, target, targetColumns),
                RuleList.Terms.strict("consistency", Optional.empty(), relationship.line()));
    }

    /** Columns are written {@code table.column} or, fully, {@code schema/table/properties/column}. */
    private static String lastPart(String reference) {
        return reference.substring(Math.max(reference.lastIndexOf('.'), reference.lastIndexOf('/')) + 1);
    }

    private static String tableOf(String reference) {
        String[] slashes = reference.split("/", -1);
        if (slashes.length >= 4 && slashes[slashes.length - 2].equals("properties")) {
            return slashes[slashes.length - 3];
        }
        int dot = reference.lastIndexOf('.');
        return dot < 0 ? "" : reference.substring(0, dot);
    }

    private void addServiceLevels(List<ContractTable> tables, List<RuleList> rules) {
        String defaultElement = top.text("slaDefaultElement", "");
        for (Section level : top.sections("slaProperties")) {
            level.ignore("id", "valueExt", "driver", "description", "scheduler", "schedule");
            String property = level.requiredText("property", "").toLowerCase(Locale.ROOT);
            boolean isFreshness = property.equals("freshness") || property.equals("fr");
            if (isFreshness || property.equals("retention") || property.equals("re")) {
                addServiceLevel(level, isFreshness, level.text("element", defaultElement), tables, rules);
            } else {
                level.ignore("value", "unit", "element");
                level.warn(level.line(), "the service level '%s' is not enforced".formatted(property));
            }
            level.finish();
        }
    }

    private static void addServiceLevel(
            Section level, boolean isFreshness, String element, List<ContractTable> tables, List<RuleList> rules) {
        String value = level.requiredText("value", "");
        String unit = level.text("unit", "");
        Optional<java.time.Duration> age = unit.isEmpty()
                ? Periods.parse(value)
                : Periods.parse(value + " " + unit).or(() -> Periods.parse(value));
        if (age.isEmpty()) {
            level.error(level.line(), "'%s %s' is no length of time, such as 25 with unit h".formatted(value, unit));
            return;
        }
        TimeColumns.add(level, level.line(), isFreshness, age.get(), element, tables, rules);
    }
}
