package dev.tarn.catalog.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLimitsTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @Test
    void aCommitMayHaveTenThousandUpdatesAndNoMore() {
        MetadataUpdate update = new MetadataUpdate.SetLocation("x");
        assertThatCode(() -> RequestLimits.check(request(List.of(), Collections.nCopies(10_000, update))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(request(List.of(), Collections.nCopies(10_001, update))))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("There may be at most 10000 updates in a commit but there are 10001");
    }

    @Test
    void aCommitMayHaveTenThousandRequirementsAndNoMore() {
        UpdateRequirement requirement = new UpdateRequirement.AssertTableUUID("x");
        assertThatCode(() -> RequestLimits.check(request(Collections.nCopies(10_000, requirement), List.of())))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(request(Collections.nCopies(10_001, requirement), List.of())))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("10000 requirements");
    }

    @Test
    void aSchemaMayHaveTenThousandColumnsAndNoMore() {
        assertThatCode(() -> RequestLimits.check(columns(10_000))).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(columns(10_001)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("There may be at most 10000 columns in a schema but there are 10001");
    }

    @Test
    void nestedColumnsCountToo() {
        List<Types.NestedField> inner = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            inner.add(Types.NestedField.optional(i + 2, "c" + i, Types.LongType.get()));
        }
        Schema schema = new Schema(Types.NestedField.optional(1, "s", Types.StructType.of(inner)));
        assertThatThrownBy(() -> RequestLimits.check(schema))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("10001");
    }

    @Test
    void typesMayBeNestedAHundredDeepAndNoMore() {
        assertThatCode(() -> RequestLimits.check(nested(99))).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(nested(100)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("Types may be nested at most 100 deep");
    }

    @Test
    void tenThousandPropertiesAreAllowedAndNoMore() {
        assertThatCode(() -> RequestLimits.checkProperties(properties(10_000))).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.checkProperties(properties(10_001)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("at most 10000 properties");
    }

    @Test
    void severalCommitsTogetherMayNotExceedTheProperties() {
        TableMetadata base = TableMetadata.newTableMetadata(
                SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), "file:///t", properties(10_000));
        assertThatCode(() -> RequestLimits.check(base)).doesNotThrowAnyException();
        Map<String, String> others = new HashMap<>();
        for (int i = base.properties().size(); i < 10_016; i++) {
            others.put("other" + i, "v");
        }
        TableMetadata full = TableMetadata.buildFrom(base).setProperties(others).build();
        TableMetadata more = TableMetadata.buildFrom(full)
                .setProperties(Map.of("one", "more"))
                .build();
        assertThatCode(() -> RequestLimits.check(full)).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(more))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("properties of a table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0"})
    void propertiesWithoutAKeyOrWithNulCharactersAreRefused(String key) {
        assertThatThrownBy(() -> RequestLimits.checkProperties(Map.of(key, "v")))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("NUL");
        assertThatThrownBy(() -> RequestLimits.checkProperties(Map.of("k", "\0")))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("NUL");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE - 200})
    void fieldIdsThatIcebergKeepsToItselfAreRefused(int id) {
        assertThatThrownBy(() -> RequestLimits.check(column(id, "c", Types.LongType.get())))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("must have an id from 0 to");
    }

    @Test
    void theLargestFieldIdIsAllowed() {
        assertThatCode(() -> RequestLimits.check(column(Integer.MAX_VALUE - 201, "c", Types.LongType.get())))
                .doesNotThrowAnyException();
        assertThatCode(() -> RequestLimits.check(column(0, "c", Types.LongType.get())))
                .doesNotThrowAnyException();
    }

    @Test
    void columnNamesHaveALengthAndNoNulCharacters() {
        assertThatCode(() -> RequestLimits.check(column(1, "x".repeat(1_024), Types.LongType.get())))
                .doesNotThrowAnyException();
        for (String name : List.of("", "a\0b", "x".repeat(1_025), "é".repeat(513))) {
            assertThatThrownBy(() -> RequestLimits.check(column(1, name, Types.LongType.get())))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("name");
        }
    }

    @Test
    void decimalsAndFixedTypesHaveSensibleSizes() {
        for (Type good : List.of(
                Types.DecimalType.of(38, 38),
                Types.DecimalType.of(1, 0),
                Types.FixedType.ofLength(1),
                Types.FixedType.ofLength(1 << 20))) {
            assertThatCode(() -> RequestLimits.check(column(1, "c", good))).doesNotThrowAnyException();
        }
        for (Type bad : List.of(
                Types.DecimalType.of(38, 39),
                Types.DecimalType.of(38, 1_000_000_000),
                Types.DecimalType.of(0, 0),
                Types.FixedType.ofLength(0),
                Types.FixedType.ofLength((1 << 20) + 1),
                Types.FixedType.ofLength(Integer.MAX_VALUE))) {
            assertThatThrownBy(() -> RequestLimits.check(column(1, "c", bad)))
                    .as(bad.toString())
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("but was");
        }
    }

    @Test
    void bucketsAreCountedWithinReason() {
        assertThatCode(() -> RequestLimits.check(bucketed(1_000_000))).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(bucketed(1_000_001)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("The number of the transform bucket must be from 1 to 1000000 but was 1000001");
    }

    @Test
    void aPartitionSpecMayHaveAThousandFieldsAndNoMore() {
        assertThatCode(() -> RequestLimits.check(partitioned(1_000))).doesNotThrowAnyException();
        assertThatThrownBy(() -> RequestLimits.check(partitioned(1_001)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("1000 fields in a partition spec");
    }

    @Test
    void namespacesAndNamesHaveTheirLimits() {
        assertThatCode(() -> new ObjectName(Collections.nCopies(32, "l"), "x".repeat(255)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new ObjectName(Collections.nCopies(33, "l"), "t"))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("at most 32 levels");
        assertThatThrownBy(() -> new ObjectName(List.of("db"), "x".repeat(256)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("255 bytes");
    }

    private static UpdateTableRequest request(List<UpdateRequirement> requirements, List<MetadataUpdate> updates) {
        return new UpdateTableRequest(requirements, updates);
    }

    private static Schema columns(int count) {
        List<Types.NestedField> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(Types.NestedField.optional(i + 1, "c" + i, Types.LongType.get()));
        }
        return new Schema(columns);
    }

    /** A column whose type holds so many others, one in another. */
    private static Schema nested(int depth) {
        Type type = Types.LongType.get();
        for (int i = 0; i < depth; i++) {
            type = Types.ListType.ofOptional(i + 2, type);
        }
        return column(1, "c", type);
    }

    private static Schema column(int id, String name, Type type) {
        return new Schema(Types.NestedField.optional(id, name, type));
    }

    private static Map<String, String> properties(int count) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < count; i++) {
            properties.put("k" + i, "v");
        }
        return properties;
    }

    private static TableMetadata bucketed(int buckets) {
        return table(
                SCHEMA, PartitionSpec.builderFor(SCHEMA).bucket("id", buckets).build());
    }

    private static TableMetadata partitioned(int fields) {
        Schema schema = columns(fields);
        PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
        schema.columns().forEach(column -> spec.identity(column.name()));
        return table(schema, spec.build());
    }

    private static TableMetadata table(Schema schema, PartitionSpec spec) {
        return TableMetadata.newTableMetadata(schema, spec, SortOrder.unsorted(), "file:///t", Map.of());
    }
}
