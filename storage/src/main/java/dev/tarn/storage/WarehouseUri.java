package dev.tarn.storage;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a warehouse keeps its files: a local folder or a prefix of an S3 bucket.
 *
 * @param value {@code file:///folder} or {@code s3://bucket/prefix}, without a slash at the end
 */
public record WarehouseUri(String value) {
    /** Refuses anything but a normalised {@code file:///} or {@code s3://} location. */
    public WarehouseUri {
        if (!value.startsWith("file:///") && !value.startsWith("s3://")) {
            throw new IllegalArgumentException("A warehouse must be file:///... or s3://... but was " + value);
        }
        if (value.endsWith("/")) {
            throw new IllegalArgumentException("A warehouse must not end in a slash but was " + value);
        }
    }

    /**
     * Reads what people type: {@code s3://bucket/prefix} (also s3a, s3n), {@code file:///folder}, or the path of a
     * folder, relative ones against the working directory.
     *
     * @throws TarnException INVALID naming what was expected
     */
    public static WarehouseUri parse(String text) {
        int colon = text.strip().indexOf("://");
        String scheme = colon > 0 ? text.strip().substring(0, colon).toLowerCase(Locale.ROOT) : "";
        String trimmed = text.strip().replaceAll("/+$", "");
        return switch (scheme) {
            case "s3", "s3a", "s3n" -> s3(text, trimmed.length() > colon + 3 ? trimmed.substring(colon + 3) : "");
            case "file" -> new WarehouseUri(local(Path.of(URI.create(trimmed))));
            case "" -> folder(text, trimmed);
            default -> throw refused(text);
        };
    }

    /** Whether the files are objects of an S3 bucket. */
    public boolean isS3() {
        return value.startsWith("s3://");
    }

    /**
     * The bucket of an S3 warehouse.
     *
     * @throws IllegalStateException if the warehouse is a local folder
     */
    public String bucket() {
        if (!isS3()) {
            throw new IllegalStateException("Not on S3: " + value);
        }
        String rest = value.substring("s3://".length());
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    /**
     * The folder of a local warehouse.
     *
     * @throws IllegalStateException if the warehouse is on S3
     */
    public Path folder() {
        if (isS3()) {
            throw new IllegalStateException("Not a local folder: " + value);
        }
        return LocalFileIO.toPath(value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static WarehouseUri s3(String text, String rest) {
        String bucket = rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]") || rest.contains("//") || rest.contains("..")) {
            throw refused(text);
        }
        return new WarehouseUri("s3://" + rest);
    }

    private static WarehouseUri folder(String text, String trimmed) {
        if (trimmed.isEmpty() || trimmed.indexOf('\0') >= 0) {
            throw refused(text);
        }
        return new WarehouseUri(local(Path.of(trimmed)));
    }

    private static String local(Path path) {
        return LocalFileIO.toLocation(path);
    }

    private static TarnException refused(String text) {
        return new TarnException(
                ErrorKind.INVALID,
                "A warehouse must be a folder, file:///folder or s3://bucket/prefix but was '%s'".formatted(text));
    }
}
