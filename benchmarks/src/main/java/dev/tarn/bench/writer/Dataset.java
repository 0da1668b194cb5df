package dev.tarn.bench.writer;

import java.util.Locale;

/**
 * Tables that are written: their rows come from one statement of DuckDB, so that every peer gets the same values.
 *
 * <p>The flights are real (U.S. Bureau of Transportation Statistics, packaged by vega-datasets); line items follow the value
 * distributions of the TPC-H specification; events are nested as web trackers send them.
 */
enum Dataset {
    FLIGHTS("""
            SELECT * FROM read_parquet('%1$s') LIMIT %2$d"""),
    LINEITEM("""
            SELECT (i // 4 + 1)::BIGINT AS l_orderkey,
                   (hash(i, 1) %% 200000 + 1)::BIGINT AS l_partkey,
                   (hash(i, 2) %% 10000 + 1)::BIGINT AS l_suppkey,
                   (i %% 4 + 1)::INTEGER AS l_linenumber,
                   (hash(i, 3) %% 50 + 1)::DECIMAL(15, 2) AS l_quantity,
                   ((hash(i, 3) %% 50 + 1) * (90000 + hash(i, 1) %% 110001) / 100)::DECIMAL(15, 2) AS l_extendedprice,
                   ((hash(i, 4) %% 11) / 100)::DECIMAL(15, 2) AS l_discount,
                   ((hash(i, 5) %% 9) / 100)::DECIMAL(15, 2) AS l_tax,
                   ['A', 'N', 'R'][(hash(i, 6) %% 3 + 1)::INTEGER] AS l_returnflag,
                   ['F', 'O'][(hash(i, 7) %% 2 + 1)::INTEGER] AS l_linestatus,
                   DATE '1992-01-02' + (hash(i // 4, 8) %% 2526)::INTEGER + (hash(i, 9) %% 121)::INTEGER AS l_shipdate,
                   DATE '1992-01-31' + (hash(i // 4, 8) %% 2526)::INTEGER + (hash(i, 10) %% 61)::INTEGER AS l_commitdate,
                   DATE '1992-01-03' + (hash(i // 4, 8) %% 2526)::INTEGER + (hash(i, 9) %% 121)::INTEGER
                       + (hash(i, 11) %% 30)::INTEGER AS l_receiptdate,
                   ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][(hash(i, 12) %% 4 + 1)::INTEGER]
                       AS l_shipinstruct,
                   ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'][(hash(i, 13) %% 7 + 1)::INTEGER] AS l_shipmode,
                   substr(concat_ws(' ',
                       words[(hash(i, 14) %% 24 + 1)::INTEGER], words[(hash(i, 15) %% 24 + 1)::INTEGER],
                       words[(hash(i, 16) %% 24 + 1)::INTEGER], words[(hash(i, 17) %% 24 + 1)::INTEGER],
                       words[(hash(i, 18) %% 24 + 1)::INTEGER], words[(hash(i, 19) %% 24 + 1)::INTEGER]),
                       (hash(i, 20) %% 5 + 1)::INTEGER, (10 + hash(i, 21) %% 34)::INTEGER) AS l_comment
            FROM range(%2$d) r(i),
                 (SELECT ['furiously', 'sly', 'carefully', 'blithe', 'quick', 'fluffily', 'slow', 'quiet', 'ruthless', 'thin',
                          'close', 'dogged', 'daring', 'bold', 'ironic', 'final', 'foxes', 'ideas', 'theodolites', 'pinto',
                          'beans', 'instructions', 'dependencies', 'excuses'] AS words)"""),
    EVENTS("""
            SELECT uuid_text AS event_id, ts AS sent_at, user_id,
                   {'country': ['de', 'fr', 'us', 'in', 'br', 'jp'][(h %% 6 + 1)::INTEGER],
                    'device': {'os': ['ios', 'android', 'mac', 'windows'][(h // 7 %% 4 + 1)::INTEGER],
                               'width': (320 + h // 31 %% 1600)::INTEGER},
                    'score': (h %% 100003) / 997.0} AS context,
                   list_transform(range(h %% 6), lambda k: {'sku': 'sku-' || ((h // 13 + k * 7919) %% 5000),
                       'quantity': (1 + (h + k) %% 4)::INTEGER, 'price': (((h // 17 + k) %% 90000) / 100)::DECIMAL(9, 2)})
                       AS items,
                   list_transform(range(h // 5 %% 4), lambda k: 'tag-' || ((h // 11 + k * 31) %% 60)) AS tags,
                   MAP {'utm_source': ['mail', 'search', 'social'][(h // 3 %% 3 + 1)::INTEGER],
                        'page': '/p/' || (h // 19 %% 20000)} AS attributes
            FROM (SELECT i, (hash(i, 1) // 2)::BIGINT AS h,
                         printf('%%016x-%%016x', hash(i, 2), hash(i, 3)) AS uuid_text,
                         TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_microseconds((i * 731000 + hash(i, 4) %% 400000)::BIGINT) AS ts,
                         (hash(i, 5) %% 100000)::BIGINT AS user_id
                  FROM range(%2$d) r(i))"""),
    /** Narrow rows, as a stream of measurements has them. */
    NARROW("""
            SELECT i::BIGINT AS id, (hash(i, 1) %% 5000)::INTEGER AS sensor,
                   TIMESTAMP '2026-01-01' + to_microseconds((i * 1000)::BIGINT) AS at,
                   (hash(i, 2) %% 100000) / 128.0 AS value,
                   ['ok', 'late', 'bad'][(hash(i, 3) %% 3 + 1)::INTEGER] AS state
            FROM range(%2$d) r(i)""");

    private final String select;

    Dataset(String select) {
        this.select = select;
    }

    /** The statement that gives the rows; {@code file} is where the flights are. */
    String select(String file, long rows) {
        return String.format(Locale.ROOT, select, file, rows);
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
