package dev.tarn.writer.contract;

import java.util.List;

/**
 * A column that a contract promises.
 *
 * @param name of the column, in its struct
 * @param type what it holds
 * @param physicalType its type in a system, as {@code decimal(10, 2)}; empty where the contract names none
 * @param required whether every row has a value
 * @param description for people; may be empty
 * @param fields of a struct; the element of a list; key and value of a map
 */
public record ContractField(
        String name,
        ContractType type,
        String physicalType,
        boolean required,
        String description,
        List<ContractField> fields) {
    /** Refuses a column without a name, and copies the fields. */
    public ContractField {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A column of a contract needs a name");
        }
        fields = List.copyOf(fields);
    }
}
