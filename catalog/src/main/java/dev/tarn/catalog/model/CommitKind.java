package dev.tarn.catalog.model;

import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** Which kind of object a commit is for, as far as its updates and requirements tell. */
public enum CommitKind {
    /** Something in it is possible for tables only. */
    TABLE,
    /** Something in it is possible for views only. */
    VIEW,
    /** Everything in it is possible for both: the name decides. */
    EITHER;

    /**
     * The kind of a commit.
     *
     * @throws BadRequestException if one part of it is for tables only and another one for views only
     */
    public static CommitKind of(UpdateTableRequest request) {
        CommitKind kind = EITHER;
        for (UpdateRequirement requirement : request.requirements()) {
            kind = kind.and(of(requirement));
        }
        for (MetadataUpdate update : request.updates()) {
            kind = kind.and(of(update));
        }
        return kind;
    }

    private CommitKind and(CommitKind other) {
        if (this == EITHER || this == other) {
            return other;
        }
        if (other == EITHER) {
            return this;
        }
        throw new BadRequestException(
                "A commit must change a table or a view, but has updates or requirements of both");
    }

    private static CommitKind of(UpdateRequirement requirement) {
        if (requirement instanceof UpdateRequirement.AssertViewUUID) {
            return VIEW;
        }
        return requirement instanceof UpdateRequirement.AssertTableDoesNotExist ? EITHER : TABLE;
    }

    private static CommitKind of(MetadataUpdate update) {
        if (update instanceof MetadataUpdate.AddViewVersion || update instanceof MetadataUpdate.SetCurrentViewVersion) {
            return VIEW;
        }
        boolean both = update instanceof MetadataUpdate.AssignUUID
                || update instanceof MetadataUpdate.UpgradeFormatVersion
                || update instanceof MetadataUpdate.AddSchema
                || update instanceof MetadataUpdate.SetLocation
                || update instanceof MetadataUpdate.SetProperties
                || update instanceof MetadataUpdate.RemoveProperties;
        return both ? EITHER : TABLE;
    }
}
