package dev.tarn.bench.writer;

import dev.tarn.bench.S3Node;
import dev.tarn.bench.ServerProcess;
import dev.tarn.bench.TarnNode;
import dev.tarn.common.Closer;
import dev.tarn.storage.RestCatalogs;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;

/**
 * A catalog server and an S3 endpoint in memory, each in a process of its own, and a client of them. Whoever opens it closes
 * it.
 */
final class Lake implements AutoCloseable {
    private static final Namespace NAMESPACE = Namespace.of("bench");

    private final Closer closer = new Closer();
    private final RESTCatalog catalog;

    private Lake(Path folder) {
        ServerProcess s3 = closer.register(ServerProcess.own(S3Node.class, List.of(), folder.resolve("s3.log")));
        Map<String, String> access = Map.of(
                "s3.endpoint",
                s3.awaitReady(),
                "s3.region",
                "us-east-1",
                "s3.path-style-access",
                "true",
                "s3.access-key-id",
                S3Node.KEY_ID,
                "s3.secret-access-key",
                S3Node.KEY);
        List<String> arguments = new java.util.ArrayList<>(
                List.of(folder.resolve("catalog").toString(), "warehouse=s3://" + S3Node.BUCKET + "/warehouse"));
        access.forEach((key, value) -> arguments.add(key + "=" + value));
        ServerProcess server =
                closer.register(ServerProcess.own(TarnNode.class, arguments, folder.resolve("catalog.log")));
        Map<String, String> client = new java.util.HashMap<>(access);
        client.put("client.region", "us-east-1");
        this.catalog = closer.register(RestCatalogs.open(URI.create(server.awaitReady()), "", client));
        catalog.createNamespace(NAMESPACE);
    }

    static Lake open(Path folder) {
        return new Lake(folder);
    }

    /** A new table of format version 3. */
    Table create(String name, Schema schema, PartitionSpec spec) {
        return catalog.createTable(TableIdentifier.of(NAMESPACE, name), schema, spec, Map.of("format-version", "3"));
    }

    @Override
    public void close() {
        closer.close();
    }
}
