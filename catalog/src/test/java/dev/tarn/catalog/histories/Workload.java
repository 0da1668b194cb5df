package dev.tarn.catalog.histories;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What the clients of one run share.
 *
 * @param replicas where they send requests
 * @param recorder where they note what they did and saw
 * @param tables number of tables that exist all the time
 * @param transactions how many shall be done
 * @param isOver whether clients stop
 */
record Workload(List<Replica> replicas, Recorder recorder, int tables, int transactions, BooleanSupplier isOver) {
    static final String NAMESPACE = "histories";

    /** Few at a time, so that clients meet; all of them in the end, so that none gets long. */
    private static final int TABLES_AT_A_TIME = 10;

    /** A table that clients work on now, by a number that they choose at random. */
    String table(int random) {
        int first = (int) Math.min((long) recorder.done() * tables / transactions, Integer.MAX_VALUE);
        return "t" + (first + random % TABLES_AT_A_TIME) % tables;
    }

    static String tablesPath() {
        return "/v1/namespaces/" + NAMESPACE + "/tables";
    }

    static String path(String table) {
        return tablesPath() + "/" + table;
    }
}
