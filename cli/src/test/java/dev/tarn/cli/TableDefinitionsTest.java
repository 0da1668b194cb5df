package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import java.util.List;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class TableDefinitionsTest {
    @Test
    void readsColumnsAndPartitionFields() {
        Schema schema = TableDefinitions.schema("id bigint NOT NULL, total decimal(12, 2), at timestamptz, name text");
        PartitionSpec spec = TableDefinitions.partitionSpec(schema, List.of("month(at)", "bucket(16, id)", "name"));

        assertThat(schema.findField("id").isRequired()).isTrue();
        assertThat(schema.findType("total")).isEqualTo(Types.DecimalType.of(12, 2));
        assertThat(schema.findType("at")).isEqualTo(Types.TimestampType.withZone());
        assertThat(spec.fields())
                .extracting(field -> field.transform().toString())
                .containsExactly("month", "bucket[16]", "identity");
    }

    @Test
    void namesTheColumnOfAnUnknownType() {
        assertThatThrownBy(() -> TableDefinitions.schema("id long, at datetime"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("Column 'at' has the unknown type 'datetime'");
    }

    @Test
    void refusesAColumnTwiceAndAColumnWithoutType() {
        assertThatThrownBy(() -> TableDefinitions.schema("a int, a long"))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'a' is there twice");
        assertThatThrownBy(() -> TableDefinitions.schema("a"))
                .isInstanceOf(TarnException.class)
                .hasMessage("A column is written 'name type' but found 'a'");
    }

    @Test
    void hintsAtTheNearestColumnAndListsTransforms() {
        Schema schema = TableDefinitions.schema("origin string");

        assertThatThrownBy(() -> TableDefinitions.partitionSpec(schema, List.of("orign")))
                .isInstanceOf(TarnException.class)
                .hasMessage("There is no column 'orign' to partition by, did you mean 'origin'?");
        assertThatThrownBy(() -> TableDefinitions.partitionSpec(schema, List.of("week(origin)")))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("Unknown partition transform 'week'");
    }
}
