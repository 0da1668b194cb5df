package dev.tarn.catalog.store;

/**
 * What a mutation answered, in a form that can be kept and given again. It never holds credentials: those are added
 * when the reply is rendered.
 *
 * @param status HTTP status
 * @param form how the content is to be rendered
 * @param content by form: nothing, a JSON body, the location of a metadata file, or the metadata of a staged table
 */
public record StoredReply(int status, Form form, String content) {
    /** How the content is to be rendered. */
    public enum Form {
        /** Without a body. */
        EMPTY,
        /** The content is the JSON body. */
        JSON,
        /** The content is the location of the metadata file of a table. */
        TABLE,
        /** The content is the JSON metadata of a table that exists nowhere yet. */
        STAGED_TABLE,
        /** The content is the location of the last metadata file of a table that the catalog has forgotten. */
        UNREGISTERED_TABLE,
        /** The content is the location of the metadata file of a view. */
        VIEW,
        /** The content is the location of the metadata file of a function. */
        FUNCTION
    }

    /** A success without a body. */
    public static StoredReply empty() {
        return new StoredReply(204, Form.EMPTY, "");
    }

    /** A JSON body. */
    public static StoredReply json(int status, String body) {
        return new StoredReply(status, Form.JSON, body);
    }

    /** The table as its metadata file describes it. */
    public static StoredReply table(String metadataLocation) {
        return new StoredReply(200, Form.TABLE, metadataLocation);
    }

    /** The view as its metadata file describes it. */
    public static StoredReply view(String metadataLocation) {
        return new StoredReply(200, Form.VIEW, metadataLocation);
    }

    /** The function as its metadata file describes it. */
    public static StoredReply function(String metadataLocation) {
        return new StoredReply(200, Form.FUNCTION, metadataLocation);
    }

    /** The last state of a table that the catalog has forgotten. */
    public static StoredReply unregisteredTable(String metadataLocation) {
        return new StoredReply(200, Form.UNREGISTERED_TABLE, metadataLocation);
    }
}
