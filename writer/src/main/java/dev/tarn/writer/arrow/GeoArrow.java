package dev.tarn.writer.arrow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.types.EdgeAlgorithm;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * The extension type under which Arrow carries geometries and geographies as WKB, with the coordinate reference system and
 * the shape of edges in its metadata. Edges that are not straight make a geography.
 */
final class GeoArrow {
    static final String EXTENSION = "geoarrow.wkb";

    private static final String CRS = "crs";
    private static final String EDGES = "edges";
    private static final String PLANAR = "planar";
    private static final ObjectMapper JSON = new ObjectMapper();

    private GeoArrow() {}

    static boolean isGeo(Field field) {
        return EXTENSION.equals(field.getMetadata().get(ArrowSchemas.EXTENSION_NAME_KEY));
    }

    /** The metadata of the extension for a geometry or geography type. */
    static String metadata(Type type) {
        ObjectNode about = JSON.createObjectNode();
        if (type instanceof Types.GeometryType geometry) {
            about.put(CRS, geometry.crs() == null ? Types.GeometryType.DEFAULT_CRS : geometry.crs());
        } else {
            Types.GeographyType geography = (Types.GeographyType) type;
            EdgeAlgorithm edges =
                    geography.algorithm() == null ? Types.GeographyType.DEFAULT_ALGORITHM : geography.algorithm();
            about.put(CRS, geography.crs() == null ? Types.GeographyType.DEFAULT_CRS : geography.crs());
            about.put(EDGES, edges.name().toLowerCase(Locale.ROOT));
        }
        return about.toString();
    }

    /**
     * The type that a field's metadata describes; without a reference system it is OGC:CRS84.
     *
     * @throws TarnException UNSUPPORTED naming the column, for reference systems without a short name, and for metadata that
     *     is no JSON
     */
    static Type icebergType(Field field) {
        JsonNode about = read(field);
        String crs = crs(field, about.path(CRS));
        String edges = about.path(EDGES).asText(PLANAR);
        if (edges.equals(PLANAR)) {
            return Types.GeometryType.of(crs);
        }
        try {
            return Types.GeographyType.of(crs, EdgeAlgorithm.fromName(edges));
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' has edges of the kind '%s', which Iceberg does not know"
                            .formatted(field.getName(), edges),
                    e);
        }
    }

    private static JsonNode read(Field field) {
        String metadata = field.getMetadata().get(ArrowType.ExtensionType.EXTENSION_METADATA_KEY_METADATA);
        try {
            return metadata == null || metadata.isBlank() ? JSON.createObjectNode() : JSON.readTree(metadata);
        } catch (JsonProcessingException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' has metadata of %s that is no JSON".formatted(field.getName(), EXTENSION),
                    e);
        }
    }

    private static String crs(Field field, JsonNode crs) {
        if (crs.isMissingNode() || crs.isNull()) {
            return Types.GeometryType.DEFAULT_CRS;
        }
        if (crs.isTextual()) {
            return crs.textValue();
        }
        // A full description (PROJJSON) names itself by an authority and a code in it.
        JsonNode id = crs.path("id");
        if (id.path("authority").isTextual() && id.path("code").isValueNode()) {
            return id.path("authority").textValue() + ":" + id.path("code").asText();
        }
        throw new TarnException(
                ErrorKind.UNSUPPORTED,
                "Column '%s' describes a reference system without an id; give it one, such as OGC:CRS84"
                        .formatted(field.getName()));
    }
}
