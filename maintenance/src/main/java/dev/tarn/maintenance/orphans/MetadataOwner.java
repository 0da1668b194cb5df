package dev.tarn.maintenance.orphans;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells which table a metadata file belongs to, from its first bytes. */
final class MetadataOwner {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataOwner.class);
    private static final JsonFactory JSON = new JsonFactory();

    private MetadataOwner() {}

    static boolean isMetadata(String location) {
        return location.endsWith(".metadata.json") || location.endsWith(".metadata.json.gz");
    }

    /** The folder above {@code metadata/}, if the file lies in one: where its table is. */
    static Optional<String> tableFolder(String location) {
        int slash = location.lastIndexOf('/');
        String folder = location.substring(0, slash + 1);
        return isMetadata(location) && folder.endsWith("/metadata/")
                ? Optional.of(folder.substring(0, folder.length() - "metadata/".length()))
                : Optional.empty();
    }

    /** The identity of the table; empty if the file does not tell. */
    static Optional<String> uuid(FileIO io, String location) {
        boolean zipped = location.endsWith(".gz") || location.endsWith(".gz.metadata.json");
        try (InputStream raw = io.newInputFile(location).newStream();
                InputStream in = zipped ? new GZIPInputStream(raw) : raw;
                JsonParser parser = JSON.createParser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals("table-uuid");
                parser.nextToken();
                if (wanted) {
                    return Optional.ofNullable(parser.getValueAsString());
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot read the metadata file {}; it stays", location, e);
            return Optional.empty();
        }
    }
}
