package dev.tarn.catalog.credentials;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How a client is able to use what the catalog delegates to it. */
public enum AccessMechanism {
    /** It takes credentials. */
    VENDED_CREDENTIALS("vended-credentials"),
    /** It lets the catalog sign each of its requests. */
    REMOTE_SIGNING("remote-signing");

    private final String wireName;

    AccessMechanism(String wireName) {
        this.wireName = wireName;
    }

    /**
     * Reads the header {@code X-Iceberg-Access-Delegation}: a list with commas. What is unknown is left out, since it may
     * be newer than this server.
     */
    public static Set<AccessMechanism> parse(String header) {
        Set<AccessMechanism> asked = EnumSet.noneOf(AccessMechanism.class);
        for (String part : header.split(",", -1)) {
            String name = part.strip().toLowerCase(Locale.ROOT);
            for (AccessMechanism mechanism : values()) {
                if (mechanism.wireName.equals(name)) {
                    asked.add(mechanism);
                }
            }
        }
        return asked;
    }
}
