package dev.tarn.catalog.warehouse;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What clients call a warehouse. It stands in paths as it is.
 *
 * @param value letters, digits, dots, dashes and underscores
 */
public record WarehouseName(String value) {
    /**
     * Words that stand in paths where the name of a warehouse would: those of the protocol, of its proposals and of this
     * server.
     */
    public static final Set<String> RESERVED = Set.of(
            "config",
            "oauth",
            "namespaces",
            "tables",
            "views",
            "functions",
            "transactions",
            "resolve",
            "events",
            "plans",
            "warehouses",
            "aws");

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /**
     * Refuses names that could not stand in a path.
     *
     * @throws TarnException INVALID saying what is allowed
     */
    public WarehouseName {
        if (!LEGAL.matcher(value).matches()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    ("The name of a warehouse must be from 1 to 64 letters, digits, dots, dashes and underscores, and"
                                    + " begin with a letter or digit, but was '%s'")
                            .formatted(value));
        }
        if (RESERVED.contains(value.toLowerCase(Locale.ROOT))) {
            throw new TarnException(
                    ErrorKind.INVALID, "A warehouse must not be called '%s': paths use the word".formatted(value));
        }
    }
}
