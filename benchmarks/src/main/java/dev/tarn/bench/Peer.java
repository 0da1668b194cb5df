package dev.tarn.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A running catalog that is measured. Whoever starts it closes it. */
interface Peer extends AutoCloseable {
    /** What a peer can do beyond loading and committing. */
    enum Ability {
        /** It keeps every snapshot, and takes tables whose metadata file exists in a local folder. */
        HISTORY,
        /** It answers an unchanged table with 304. */
        NOT_MODIFIED,
        /** It takes namespaces, tables and commits; the floor only answers bytes. */
        CATALOG,
        /** It makes a table quickly enough to be asked for very many. */
        MANY_TABLES
    }

    /** As the table of results shows it. */
    String name();

    /** What the requests' paths are put behind: scheme, host, port, {@code v1} and prefix. */
    String root();

    Optional<String> authorization();

    Set<Ability> abilities();

    /** A local folder below which its tables may live. */
    Path warehouse();

    /** Processor time that the server has used since it started. */
    Duration cpu();

    @Override
    void close();
}
