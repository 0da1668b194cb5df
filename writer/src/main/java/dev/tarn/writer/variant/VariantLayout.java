package dev.tarn.writer.variant;

import dev.tarn.common.Closer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * How the variant columns of one Parquet file are laid out: each is a struct of {@code metadata} and {@code value}, and
 * where it is shredded also of {@code typed_value}, as the
 * <a href="https://github.com/apache/parquet-format/blob/master/VariantShredding.md">specification of shredding</a> says. The
 * encoder walks {@link #columns} instead of the columns of the schema and asks {@link #open} for their vectors. Columns below
 * the top level are never shredded. Immutable.
 */
public final class VariantLayout {
    private final MessageType parquetSchema;
    private final List<Types.NestedField> columns;
    private final Map<String, ShreddedColumn> shredded;

    private VariantLayout(Schema schema, Map<String, ShreddedColumn> shredded, FreshIds ids) {
        this.shredded = Map.copyOf(shredded);
        this.parquetSchema = ParquetSchemaUtil.convert(schema, "table", (id, name) -> parquetTypeOf(schema, id));
        List<Types.NestedField> physical = new ArrayList<>();
        for (Types.NestedField column : schema.columns()) {
            ShreddedColumn own = shredded.get(column.name());
            Type type = own != null ? own.type() : PhysicalTypes.of(column.type(), ids);
            physical.add(PhysicalTypes.withType(column, type));
        }
        this.columns = List.copyOf(physical);
    }

    /** Every variant as it came: metadata and value. */
    public static VariantLayout unshredded(Schema schema) {
        return new VariantLayout(schema, Map.of(), new FreshIds(schema.highestFieldId()));
    }

    /**
     * Shredded by what the first rows have in common.
     *
     * @param rows numbers of the rows that are about to be written, of which the first {@code count} are taken
     * @param sampleRows how many of them are looked at; 0 leaves the variants as they came
     * @throws dev.tarn.common.TarnException INVALID naming the column, if the batch holds bytes that are no variant
     */
    public static VariantLayout sampled(Schema schema, VectorSchemaRoot batch, int[] rows, int count, int sampleRows) {
        FreshIds ids = new FreshIds(schema.highestFieldId());
        Map<String, ShreddedColumn> shredded = new HashMap<>();
        for (Types.NestedField column : schema.columns()) {
            FieldVector vector = batch.getVector(column.name());
            if (column.type().isVariantType() && vector != null && sampleRows > 0) {
                VariantVector variants = VariantVector.of(column, vector);
                Optional<ShreddedColumn> chosen =
                        ShreddedColumn.choose(column, variants.sample(rows, count, sampleRows), ids);
                chosen.ifPresent(one -> shredded.put(column.name(), one));
            }
        }
        return new VariantLayout(schema, shredded, ids);
    }

    /** The schema of the file, with Iceberg's field ids. */
    public MessageType parquetSchema() {
        return parquetSchema;
    }

    /** The columns of the schema with structs in the place of variants, whose parts have ids above those of the schema. */
    public List<Types.NestedField> columns() {
        return columns;
    }

    /** Whether {@link #open} makes vectors of its own. */
    public boolean rewritesVectors() {
        return !shredded.isEmpty();
    }

    /**
     * The vectors of a batch in the shape of {@link #columns}. Rows that are not asked for are null in shredded columns.
     *
     * @param rows row numbers, of which the first {@code count} are taken
     * @return to be closed by the caller before the batch changes
     * @throws dev.tarn.common.TarnException INVALID naming the column, if the batch holds bytes that are no variant
     */
    public Columns open(VectorSchemaRoot batch, int[] rows, int count) {
        Columns opened = new Columns(batch);
        try {
            shredded.forEach((name, column) -> {
                FieldVector vector = batch.getVector(name);
                if (vector != null) {
                    opened.rewritten.put(name, column.shred(vector, batch.getRowCount(), rows, count));
                }
            });
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The vectors of one batch. Closing frees those that were made for it. */
    public static final class Columns implements AutoCloseable {
        private final VectorSchemaRoot batch;
        private final Map<String, FieldVector> rewritten = new HashMap<>();

        private Columns(VectorSchemaRoot batch) {
            this.batch = batch;
        }

        /** The vector of a column, null if the batch lacks it. */
        public @Nullable FieldVector vector(String name) {
            FieldVector own = rewritten.get(name);
            return own != null ? own : batch.getVector(name);
        }

        @Override
        public void close() {
            try (Closer closer = new Closer()) {
                rewritten.values().forEach(closer::register);
            }
            rewritten.clear();
        }
    }

    @SuppressWarnings("NullAway") // Iceberg takes null for a variant that is not shredded.
    private org.apache.parquet.schema.Type parquetTypeOf(Schema schema, int fieldId) {
        Types.NestedField column = schema.asStruct().field(fieldId);
        ShreddedColumn own = column == null ? null : shredded.get(column.name());
        return own == null ? null : own.parquetType();
    }
}
