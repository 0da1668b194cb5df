package dev.tarn.writer.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.testkit.rows.RandomTables;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.EdgeAlgorithm;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArrowSchemasTest {
    @Test
    void randomSchemasOfEveryTypeGoToArrowAndBack() {
        long seed = System.nanoTime();
        System.out.println("randomSchemasOfEveryTypeGoToArrowAndBack seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            org.apache.iceberg.Schema schema = RandomTables.schema(random, RandomTables.V3_LEAVES, 5);

            org.apache.iceberg.Schema back = ArrowSchemas.toIceberg(ArrowSchemas.toArrow(schema));

            org.apache.iceberg.Schema renumbered = TypeUtil.assignIncreasingFreshIds(schema);
            assertThat(TypeUtil.assignIncreasingFreshIds(back).asStruct())
                    .as("seed %d", seed)
                    .isEqualTo(renumbered.asStruct());
        }
    }

    @Test
    void geographiesKeepTheirReferenceSystemAndEdges() {
        Type type = Types.GeographyType.of("EPSG:4326", EdgeAlgorithm.VINCENTY);

        Field field = ArrowSchemas.toArrow(Types.NestedField.optional(1, "place", type));

        assertThat(field.getMetadata())
                .containsEntry("ARROW:extension:name", "geoarrow.wkb")
                .containsEntry("ARROW:extension:metadata", "{\"crs\":\"EPSG:4326\",\"edges\":\"vincenty\"}");
        assertThat(typeOf(field)).isEqualTo(type);
    }

    @Test
    void aFullDescriptionOfAReferenceSystemGoesByItsId() {
        Field field = geo("{\"crs\":{\"type\":\"GeographicCRS\",\"id\":{\"authority\":\"EPSG\",\"code\":4326}}}");

        assertThat(typeOf(field)).isEqualTo(Types.GeometryType.of("EPSG:4326"));
    }

    @Test
    void refusesADescriptionWithoutAnId() {
        assertThatThrownBy(() -> typeOf(geo("{\"crs\":{\"type\":\"GeographicCRS\"}}")))
                .isInstanceOf(TarnException.class)
                .hasMessage(
                        "Column 'place' describes a reference system without an id; give it one, such as OGC:CRS84");
    }

    @Test
    void refusesEdgesThatIcebergDoesNotKnow() {
        assertThatThrownBy(() -> typeOf(geo("{\"edges\":\"bent\"}")))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'place' has edges of the kind 'bent', which Iceberg does not know");
    }

    @Test
    void refusesMetadataThatIsNoJson() {
        assertThatThrownBy(() -> typeOf(geo("{crs")))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'place' has metadata of geoarrow.wkb that is no JSON");
    }

    @Test
    void listsOfEveryKindAreLists() {
        for (ArrowType kind : List.of(
                new ArrowType.LargeList(),
                new ArrowType.ListView(),
                new ArrowType.LargeListView(),
                new ArrowType.FixedSizeList(3))) {
            Field element = new Field("element", FieldType.nullable(new ArrowType.Int(64, true)), List.of());

            Type type = typeOf(new Field("list", FieldType.nullable(kind), List.of(element)));

            assertThat(type).isEqualTo(Types.ListType.ofOptional(2, Types.LongType.get()));
        }
    }

    @Test
    void refusesADictionaryEncodedColumn() {
        FieldType type =
                new FieldType(true, new ArrowType.Int(32, true), new DictionaryEncoding(1, false, null), Map.of());

        assertThatThrownBy(() -> typeOf(new Field("city", type, List.of())))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'city' is dictionary-encoded in Arrow; decode it before writing");
    }

    @ParameterizedTest
    @MethodSource("typesWithoutMeaningToIceberg")
    void refusesTypesThatIcebergDoesNotHave(ArrowType type) {
        assertThatThrownBy(() -> typeOf(new Field("x", FieldType.nullable(type), List.of())))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED))
                .hasMessage("Column 'x' has the Arrow type %s, for which Iceberg has no type; cast it before writing"
                        .formatted(type));
    }

    static Stream<ArrowType> typesWithoutMeaningToIceberg() {
        return Stream.of(
                new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO),
                new ArrowType.Duration(TimeUnit.SECOND),
                new ArrowType.Union(UnionMode.Dense, new int[0]),
                new ArrowType.Decimal(60, 2, 256),
                new ArrowType.Int(64, false));
    }

    private static Field geo(String metadata) {
        return new Field(
                "place",
                new FieldType(
                        true,
                        ArrowType.Binary.INSTANCE,
                        null,
                        Map.of("ARROW:extension:name", "geoarrow.wkb", "ARROW:extension:metadata", metadata)),
                List.of());
    }

    private static Type typeOf(Field field) {
        return ArrowSchemas.toIceberg(new Schema(List.of(field)))
                .columns()
                .get(0)
                .type();
    }
}
