package dev.tarn.writer.contract;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Optional;

/**
 * A data contract, whatever standard its file follows. Immutable.
 *
 * @param id what the contract is known by
 * @param version its own version, as {@code 1.0.0}
 * @param title for people; may be empty
 * @param standard the standard of its file and that one's version, as {@code ODCS v3.1.0}
 * @param hash SHA-256 of its file in hexadecimal digits, so that a report says which text was meant
 * @param tables what it promises
 */
public record Contract(
        String id, String version, String title, String standard, String hash, List<ContractTable> tables) {
    /** Refuses a contract without an id, and copies the tables. */
    public Contract {
        if (id.isBlank()) {
            throw new IllegalArgumentException("A contract needs an id");
        }
        tables = List.copyOf(tables);
    }

    /** Id and version for people. */
    public String label() {
        return version.isEmpty() ? id : id + " " + version;
    }

    /**
     * The table that a table of a catalog is held to: the one with its name, or the only one.
     *
     * @param tableName with or without namespaces, which are separated by dots
     * @throws TarnException INVALID naming the tables of the contract if none fits
     */
    public ContractTable table(String tableName) {
        String last = tableName.substring(tableName.lastIndexOf('.') + 1);
        Optional<ContractTable> named =
                tables.stream().filter(table -> table.name().equals(last)).findFirst();
        if (named.isPresent()) {
            return named.get();
        }
        if (tables.size() == 1) {
            return tables.get(0);
        }
        List<String> names = tables.stream().map(ContractTable::name).toList();
        throw new TarnException(
                ErrorKind.INVALID,
                "Contract %s has no table '%s'%s; it has %s"
                        .formatted(label(), last, NearestName.hint(last, names), names));
    }
}
