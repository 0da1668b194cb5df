package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.ViewService;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The views through which a table or view is reached, from the outermost, as the query parameter {@code referenced-by} names
 * them. Every one must exist, and the caller must be allowed to read it: a chain can never show more than its views do.
 *
 * @param views names, at most {@link RequestLimits#MAX_REFERENCES}
 */
record ReferencedBy(List<ObjectName> views) {
    private static final String PARAMETER = "referenced-by";

    /** How 0x1F is written inside a value that is encoded twice, as the Java client does it. */
    private static final String ENCODED_SEPARATOR = "%1f";

    ReferencedBy {
        views = List.copyOf(views);
    }

    /**
     * The chain of a request, empty if it has none.
     *
     * @throws BadRequestException if it is too long or names something that is no view name
     */
    static ReferencedBy of(RestRequest request) {
        String raw = request.query().getOrDefault(PARAMETER, "");
        if (raw.isEmpty()) {
            return new ReferencedBy(List.of());
        }
        // The specification encodes the names once, the Java client encodes the whole value again. A separator cannot
        // be a
        // part of a name, so that finding it encoded once settles which of both this is.
        boolean once = raw.toLowerCase(Locale.ROOT).contains(ENCODED_SEPARATOR);
        String list = once ? raw : PathDecoder.decode(raw);
        List<String> entries = Arrays.asList(list.split(",", -1));
        if (entries.size() > RequestLimits.MAX_REFERENCES) {
            throw new BadRequestException(
                    "Query parameter '%s' may name at most %s views but names %s",
                    PARAMETER, RequestLimits.MAX_REFERENCES, entries.size());
        }
        return new ReferencedBy(entries.stream().map(ReferencedBy::name).toList());
    }

    private static ObjectName name(String entry) {
        List<String> parts = new ArrayList<>(PathDecoder.namespace(entry));
        if (parts.size() < 2) {
            throw new BadRequestException(
                    "Query parameter '%s' must name views as namespace, separator and name", PARAMETER);
        }
        String name = parts.remove(parts.size() - 1);
        return new ObjectName(parts, name);
    }

    /**
     * Lets a request pass or not.
     *
     * @throws org.apache.iceberg.exceptions.NoSuchViewException if a view does not exist
     * @throws org.apache.iceberg.exceptions.ForbiddenException if the caller may not read one of them
     */
    void check(RestRequest request, ViewService existing) {
        for (ObjectName view : views) {
            request.require(Privilege.VIEW_READ_PROPERTIES, Securable.view(view));
            existing.find(view);
        }
    }
}
