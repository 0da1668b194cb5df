package dev.tarn.catalog.rest;

import dev.tarn.catalog.commit.FunctionFiles;
import dev.tarn.catalog.http.Response;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The bodies of load answers of functions: every overload, as the metadata file has them. Thread-safe. */
final class FunctionBodies {
    private final FunctionFiles files;

    FunctionBodies(FunctionFiles files) {
        this.files = files;
    }

    Response load(String location) {
        byte[] metadata = files.load(location);
        ByteArrayOutputStream body = new ByteArrayOutputStream(metadata.length + 256);
        body.writeBytes(
                ("{\"metadata-location\":" + Json.text(location) + ",\"metadata\":").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(metadata);
        body.write('}');
        return Response.of(200, "application/json", body.toByteArray());
    }
}
