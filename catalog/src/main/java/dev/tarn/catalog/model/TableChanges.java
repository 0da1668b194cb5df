package dev.tarn.catalog.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** How the updates of a commit turn one table metadata into the next. Pure functions: no I/O, no state. */
public final class TableChanges {
    private TableChanges() {}

    /** Whether the commit makes a table: the client requires that none exists. */
    public static boolean isCreate(UpdateTableRequest request) {
        return request.requirements().stream().anyMatch(UpdateRequirement.AssertTableDoesNotExist.class::isInstance);
    }

    /**
     * The metadata of a table that a commit makes.
     *
     * @throws ValidationException if the updates do not make a valid table
     * @throws CommitFailedException if a requirement fails, since there is no table
     */
    public static TableMetadata create(UpdateTableRequest request) {
        request.requirements().forEach(requirement -> requirement.validate((TableMetadata) null));
        Optional<Integer> formatVersion = request.updates().stream()
                .filter(MetadataUpdate.UpgradeFormatVersion.class::isInstance)
                .map(update -> ((MetadataUpdate.UpgradeFormatVersion) update).formatVersion())
                .findFirst();
        TableMetadata.Builder builder =
                formatVersion.map(TableMetadata::buildFromEmpty).orElseGet(TableMetadata::buildFromEmpty);
        return apply(builder, request.updates());
    }

    /**
     * The next metadata; the very same object where the updates change nothing.
     *
     * @throws CommitFailedException if a requirement fails, or another commit made an update impossible
     * @throws ValidationException if an update is impossible in itself
     */
    public static TableMetadata update(TableMetadata base, UpdateTableRequest request) {
        request.requirements().forEach(requirement -> requirement.validate(base));
        TableMetadata updated = apply(TableMetadata.buildFrom(base), request.updates());
        return updated.changes().isEmpty() ? base : updated;
    }

    private static TableMetadata apply(TableMetadata.Builder builder, List<MetadataUpdate> updates) {
        try {
            updates.forEach(update -> update.applyTo(builder));
            return builder.build();
        } catch (ValidationException e) {
            // Package-private in iceberg-core: two writers took the same sequence number or row ids, so that a client
            // which reads the table again and repeats its commit will succeed.
            if (e.getClass().getSimpleName().equals("RetryableValidationException")) {
                throw new CommitFailedException(e, "%s", e.getMessage());
            }
            throw e;
        } catch (UnsupportedOperationException e) {
            throw new BadRequestException(e, "An update in this commit cannot be applied to a table");
        }
    }

    /**
     * A new metadata file location that no other commit can choose.
     *
     * @param version number of the version, for people that look at the folder
     */
    public static String newMetadataLocation(TableMetadata metadata, long version) {
        return newMetadataLocation(
                metadata.location(), metadata.properties(), TableProperties.METADATA_COMPRESSION_DEFAULT, version);
    }

    /** A new metadata file location of an object of any kind; tables and views share the names of the properties. */
    static String newMetadataLocation(
            String location, Map<String, String> properties, String defaultCodec, long version) {
        String folder = properties.getOrDefault(TableProperties.WRITE_METADATA_LOCATION, location + "/metadata");
        String codec = properties.getOrDefault(TableProperties.METADATA_COMPRESSION, defaultCodec);
        return "%s/%05d-%s%s"
                .formatted(
                        folder.replaceAll("/+$", ""),
                        version,
                        UUID.randomUUID(),
                        TableMetadataParser.getFileExtension(codec));
    }

    /** The same metadata as read back from its file. */
    public static TableMetadata at(String location, TableMetadata metadata) {
        return TableMetadata.buildFrom(metadata)
                .discardChanges()
                .withMetadataLocation(location)
                .build();
    }
}
