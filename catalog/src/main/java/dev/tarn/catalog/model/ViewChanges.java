package dev.tarn.catalog.model;

import java.util.List;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.view.ViewMetadata;
import org.apache.iceberg.view.ViewProperties;

/** How the updates of a commit turn one view metadata into the next. Pure functions: no I/O, no state. */
public final class ViewChanges {
    private ViewChanges() {}

    /**
     * The metadata of a view that a commit makes.
     *
     * @throws ValidationException if the updates do not make a valid view, or a requirement is for tables only
     * @throws CommitFailedException if a requirement fails, since there is no view
     */
    public static ViewMetadata create(UpdateTableRequest request) {
        for (UpdateRequirement requirement : request.requirements()) {
            if (!(requirement instanceof UpdateRequirement.AssertTableDoesNotExist)) {
                throw new CommitFailedException("Requirement failed: the view does not exist");
            }
        }
        return apply(ViewMetadata.builder(), request.updates());
    }

    /**
     * The next metadata; the very same object where the updates change nothing.
     *
     * @throws CommitFailedException if a requirement fails
     * @throws ValidationException if an update is impossible in itself, or a requirement is for tables only
     */
    public static ViewMetadata update(ViewMetadata base, UpdateTableRequest request) {
        for (UpdateRequirement requirement : request.requirements()) {
            if (requirement instanceof UpdateRequirement.AssertTableDoesNotExist) {
                throw new CommitFailedException("Requirement failed: the view exists already");
            }
            requirement.validate(base);
        }
        ViewMetadata updated = apply(ViewMetadata.buildFrom(base), request.updates());
        return updated.changes().isEmpty() ? base : updated;
    }

    private static ViewMetadata apply(ViewMetadata.Builder builder, List<MetadataUpdate> updates) {
        try {
            updates.forEach(update -> update.applyTo(builder));
            return builder.build();
        } catch (UnsupportedOperationException e) {
            throw new BadRequestException(e, "An update in this commit cannot be applied to a view");
        } catch (NullPointerException e) {
            throw new BadRequestException(e, "An update in this commit lacks a part: %s", e.getMessage());
        } catch (IllegalStateException e) {
            throw new BadRequestException(e, "%s", e.getMessage());
        }
    }

    /**
     * A new metadata file location that no other commit can choose.
     *
     * @param version number of the version, for people that look at the folder
     */
    public static String newMetadataLocation(ViewMetadata metadata, long version) {
        return TableChanges.newMetadataLocation(
                metadata.location(), metadata.properties(), ViewProperties.METADATA_COMPRESSION_DEFAULT, version);
    }

    /** The same metadata as read back from its file. */
    public static ViewMetadata at(String location, ViewMetadata metadata) {
        return ViewMetadata.buildFrom(metadata).setMetadataLocation(location).build();
    }
}
