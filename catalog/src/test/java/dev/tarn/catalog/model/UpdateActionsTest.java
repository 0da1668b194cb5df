package dev.tarn.catalog.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.MetadataUpdateParser;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class UpdateActionsTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @Test
    void actionsAreSpelledAsTheProtocolSpellsThem() {
        for (MetadataUpdate update : List.of(
                new MetadataUpdate.AssignUUID("u"),
                new MetadataUpdate.UpgradeFormatVersion(2),
                new MetadataUpdate.AddSchema(SCHEMA),
                new MetadataUpdate.SetCurrentSchema(0),
                new MetadataUpdate.AddPartitionSpec(PartitionSpec.unpartitioned()),
                new MetadataUpdate.SetDefaultPartitionSpec(0),
                new MetadataUpdate.AddSortOrder(SortOrder.unsorted()),
                new MetadataUpdate.SetDefaultSortOrder(0),
                new MetadataUpdate.RemoveStatistics(1),
                new MetadataUpdate.RemovePartitionStatistics(1),
                new MetadataUpdate.RemoveSnapshots(1),
                new MetadataUpdate.RemoveSnapshotRef("b"),
                new MetadataUpdate.SetProperties(Map.of("a", "1")),
                new MetadataUpdate.RemoveProperties(Set.of("a")),
                new MetadataUpdate.SetLocation("l"),
                new MetadataUpdate.SetCurrentViewVersion(1),
                new MetadataUpdate.RemovePartitionSpecs(Set.of(1)),
                new MetadataUpdate.RemoveSchemas(Set.of(1)),
                new MetadataUpdate.RemoveEncryptionKey("k"))) {
            assertThat(MetadataUpdateParser.toJson(update))
                    .contains("\"action\":\"" + UpdateActions.action(update) + "\"");
        }
    }

    @Test
    void eachActionIsNamedOnce() {
        MetadataUpdate set = new MetadataUpdate.SetProperties(Map.of("a", "1"));

        assertThat(UpdateActions.json(List.of(set, new MetadataUpdate.SetLocation("l"), set)))
                .isEqualTo("{\"updates\":[\"set-properties\",\"set-location\"]}");
    }
}
