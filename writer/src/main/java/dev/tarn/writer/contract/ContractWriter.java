package dev.tarn.writer.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a table of a contract as a file of the Open Data Contract Standard 3.1: its columns, keys and ranges. Stateless. */
public final class ContractWriter {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build());

    private ContractWriter() {}

    /**
     * A draft of a contract, in YAML.
     *
     * @param id of the contract
     * @param table its only table; of its rules those for ranges are written, and unique single columns
     */
    public static String draft(String id, ContractTable table) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("apiVersion", "v3.1.0");
        root.put("kind", "DataContract");
        root.put("id", id);
        root.put("name", table.name());
        root.put("version", "0.1.0");
        root.put("status", "draft");
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", table.name());
        object.put("logicalType", "object");
        object.put("properties", properties(table.fields(), "", table.rules()));
        root.put("schema", List.of(object));
        try {
            return YAML.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps and texts can always be written", e);
        }
    }

    private static List<Object> properties(List<ContractField> fields, String prefix, List<Rule> rules) {
        List<Object> properties = new ArrayList<>();
        for (ContractField field : fields) {
            Map<String, Object> property = new LinkedHashMap<>();
            property.put("name", field.name());
            describe(property, field, prefix + field.name(), rules);
            properties.add(property);
        }
        return properties;
    }

    private static void describe(Map<String, Object> property, ContractField field, String path, List<Rule> rules) {
        String type = logicalType(field.type());
        if (!type.isEmpty()) {
            property.put("logicalType", type);
        }
        if (!field.physicalType().isEmpty()) {
            property.put("physicalType", field.physicalType());
        }
        if (!field.description().isEmpty()) {
            property.put("description", field.description());
        }
        if (field.required()) {
            property.put("required", true);
        }
        Map<String, Object> options = new LinkedHashMap<>();
        for (Rule rule : rules) {
            if (rule.check() instanceof Check.Unique unique && unique.columns().equals(List.of(path))) {
                property.put("unique", true);
            }
            if (rule.check() instanceof Check.Range range && range.column().equals(path)) {
                range.min().ifPresent(bound -> options.put("minimum", literal(bound.literal(), field.type())));
                range.max().ifPresent(bound -> options.put("maximum", literal(bound.literal(), field.type())));
            }
        }
        if (!options.isEmpty()) {
            property.put("logicalTypeOptions", options);
        }
        if (field.type() == ContractType.OBJECT) {
            property.put("properties", properties(field.fields(), path + ".", rules));
        } else if (field.type() == ContractType.ARRAY && !field.fields().isEmpty()) {
            Map<String, Object> items = new LinkedHashMap<>();
            describe(items, field.fields().get(0), path + ".element", List.of());
            property.put("items", items);
        }
    }

    private static Object literal(String text, ContractType type) {
        return type.isTemporal() ? text : new BigDecimal(text);
    }

    /** The words of the standard are fewer than those of Iceberg; what has none keeps its physical type alone. */
    private static String logicalType(ContractType type) {
        return switch (type) {
            case STRING -> "string";
            case INTEGER, LONG -> "integer";
            case NUMBER, DECIMAL, FLOAT, DOUBLE -> "number";
            case BOOLEAN -> "boolean";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP, TIMESTAMP_TZ, TIMESTAMP_NTZ -> "timestamp";
            case OBJECT -> "object";
            case ARRAY -> "array";
            case BYTES, MAP, ANY -> "";
        };
    }
}
