package dev.tarn.cli.demo;

import dev.tarn.storage.S3Settings;
import dev.tarn.storage.S3Settings.S3Keys;
import java.net.URI;
import java.util.Optional;

/**
 * Lines to paste into other engines, so that they read the table of the demo.
 *
 * @param catalog root of the REST catalog
 * @param flight address of the gateway
 * @param s3 how the warehouse is reached
 * @param throwAwayKeys keys of the embedded store, which are good for this run only and may be printed; absent for others
 */
public record ClientLines(URI catalog, URI flight, S3Settings s3, Optional<S3Keys> throwAwayKeys) {
    private static final String LINES = """
            PyIceberg (pip install "pyiceberg[pyarrow,s3fs]"):
              from pyiceberg.catalog.rest import RestCatalog
              catalog = RestCatalog("tarn", uri="{catalog}", **{"s3.endpoint": "{endpoint}", "s3.region": "{region}", "s3.access-key-id": "{key}", "s3.secret-access-key": "{secret}"})
              print(catalog.load_table("demo.flights").scan(limit=5).to_pandas())

            pyarrow and ADBC (pip install adbc-driver-flightsql adbc-driver-manager pyarrow):
              import adbc_driver_flightsql.dbapi as flightsql
              with flightsql.connect("{flight}", autocommit=True) as connection, connection.cursor() as cursor:
                  cursor.execute("SELECT origin, count(*) FROM demo.flights GROUP BY origin ORDER BY 2 DESC LIMIT 5")
                  print(cursor.fetch_arrow_table())

            DuckDB (its iceberg and httpfs extensions):
              CREATE SECRET (TYPE s3, KEY_ID '{key}', SECRET '{secret}', ENDPOINT '{host}', REGION '{region}', URL_STYLE 'path', USE_SSL false);
              ATTACH '' AS tarn (TYPE iceberg, ENDPOINT '{catalog}', AUTHORIZATION_TYPE 'none');
              SELECT count(*) FROM tarn.demo.flights;

            Spark (with iceberg-spark-runtime and iceberg-aws-bundle):
              spark-sql --conf spark.sql.catalog.tarn=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.tarn.type=rest \\
                --conf spark.sql.catalog.tarn.uri={catalog} --conf spark.sql.catalog.tarn.io-impl=org.apache.iceberg.aws.s3.S3FileIO \\
                --conf spark.sql.catalog.tarn.s3.endpoint={endpoint} --conf spark.sql.catalog.tarn.s3.path-style-access=true \\
                --conf spark.sql.catalog.tarn.client.region={region} --conf spark.sql.catalog.tarn.s3.access-key-id={key} \\
                --conf spark.sql.catalog.tarn.s3.secret-access-key={secret} -e 'SELECT count(*) FROM tarn.demo.flights'

            Trino (etc/catalog/tarn.properties):
              connector.name=iceberg
              iceberg.catalog.type=rest
              iceberg.rest-catalog.uri={catalog}
              fs.native-s3.enabled=true
              s3.endpoint={endpoint}
              s3.region={region}
              s3.path-style-access=true
              s3.aws-access-key={key}
              s3.aws-secret-key={secret}

            tarn:
              ./tarn sql --flight {flight} 'SELECT count(*) FROM demo.flights'
            """;

    /** All lines. */
    public String text() {
        String endpoint = s3.endpoint().isEmpty() ? "https://s3.amazonaws.com" : s3.endpoint();
        return LINES.replace("{catalog}", catalog.toString())
                .replace("{flight}", flight.toString())
                .replace("{endpoint}", endpoint)
                .replace("{host}", endpoint.substring(endpoint.indexOf("//") + 2))
                .replace("{region}", s3.region().isEmpty() ? "us-east-1" : s3.region())
                .replace("{key}", throwAwayKeys.map(S3Keys::accessKeyId).orElse("YOUR-KEY-ID"))
                .replace(
                        "{secret}",
                        throwAwayKeys
                                .map(keys -> keys.secretAccessKey().reveal())
                                .orElse("YOUR-SECRET-KEY"));
    }
}
