package dev.tarn.storage;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import software.amazon.awssdk.services.s3.S3Client;

/** An object to be written to S3 straight from memory, which appears whole, on close, or not at all. */
final class S3MemoryOutputFile implements OutputFile {
    private final String location;
    private final S3Client client;
    private final S3Uploads uploads;
    private final S3WriteRequests requests;
    private final Supplier<InputFile> input;

    S3MemoryOutputFile(
            String location,
            S3Client client,
            S3Uploads uploads,
            Map<String, String> properties,
            Supplier<InputFile> input) {
        this.location = location;
        this.client = client;
        this.uploads = uploads;
        this.requests = S3WriteRequests.of(location, properties);
        this.input = input;
    }

    @Override
    public PositionOutputStream create() {
        // As Iceberg's own S3 output: names are unique, so this is a guard against mistakes and not against races.
        if (input.get().exists()) {
            throw new AlreadyExistsException("Location already exists: %s", location);
        }
        return createOrOverwrite();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        return new S3MemoryOutputStream(client, requests, uploads);
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public InputFile toInputFile() {
        return input.get();
    }

    @Override
    public String toString() {
        return location;
    }
}
