package dev.tarn.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

class OutputFormatTest {
    private static final long LONG_ID = 9_007_199_254_740_993L;

    @Test
    void tableAlignsColumnsAndEscapesControlCharacters() {
        Rows rows = Rows.of(Column.text("name"), Column.number("rows"))
                .add("a\u001b[2J\n", 7)
                .add("日本", 1234)
                .add(null, null);

        assertThat(printed(rows, OutputFormat.TABLE))
                .isEqualTo(String.join(
                        System.lineSeparator(),
                        " name         | rows",
                        "--------------+------",
                        " a\\u001b[2J\\n |    7",
                        " 日本         | 1234",
                        "              |",
                        ""));
    }

    @Test
    void idsAreStringsInJsonAndNumbersElsewhere() {
        Rows rows = Rows.of(Column.id("snapshot_id"), Column.number("files"))
                .add(5L, 5L)
                .add(LONG_ID, null);

        assertThat(printed(rows, OutputFormat.JSON))
                .isEqualTo("[{\"snapshot_id\":\"5\",\"files\":5},\n"
                        + "{\"snapshot_id\":\"9007199254740993\",\"files\":null}]\n");
        assertThat(printed(rows, OutputFormat.CSV)).isEqualTo("snapshot_id,files\r\n5,5\r\n9007199254740993,\r\n");
    }

    @Test
    void ndjsonIsOneObjectPerLineAndEmptyForNoRows() {
        assertThat(printed(Rows.of(Column.bool("ok")).add(true).add(false), OutputFormat.NDJSON))
                .isEqualTo("{\"ok\":true}\n{\"ok\":false}\n");
        assertThat(printed(Rows.of(Column.bool("ok")), OutputFormat.NDJSON)).isEmpty();
        assertThat(printed(Rows.of(Column.bool("ok")), OutputFormat.JSON)).isEqualTo("[]\n");
    }

    @Test
    void csvQuotesAndTellsNullFromEmpty() {
        Rows rows = Rows.of(Column.text("a,b"), Column.text("c"))
                .add("say \"hi\"\n", "")
                .add(null, "x");

        assertThat(printed(rows, OutputFormat.CSV)).isEqualTo("\"a,b\",c\r\n\"say \"\"hi\"\"\n\",\"\"\r\n,x\r\n");
    }

    @Test
    void arrowIsAStreamThatAReaderTakesBack() throws IOException {
        Rows rows = Rows.of(Column.id("id"), Column.time("at"));
        for (long id = 0; id < 5_000; id++) {
            rows.add(id, Instant.parse("2001-01-02T03:04:05.000006Z"));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rows.print(OutputFormat.ARROW.writer(out));

        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), allocator)) {
            long count = 0;
            while (reader.loadNextBatch()) {
                VectorSchemaRoot root = reader.getVectorSchemaRoot();
                count += root.getRowCount();
                assertThat(Cells.value(root.getVector("at"), 0)).hasToString("2001-01-02T03:04:05.000006Z");
            }
            assertThat(count).isEqualTo(5_000);
        }
    }

    @Test
    void everyTypeHasAPlainForm() {
        try (BufferAllocator allocator = new RootAllocator();
                DateDayVector day = new DateDayVector("day", allocator);
                TimeStampMicroVector at = new TimeStampMicroVector("at", allocator);
                DecimalVector big = new DecimalVector("big", allocator, 38, 2);
                DecimalVector small = new DecimalVector("small", allocator, 38, 2);
                UInt8Vector unsigned = new UInt8Vector("unsigned", allocator);
                Float8Vector nan = new Float8Vector("nan", allocator);
                VarBinaryVector bytes = new VarBinaryVector("bytes", allocator);
                BigIntVector large = new BigIntVector("large", allocator);
                ListVector list = ListVector.empty("list", allocator)) {
            day.setSafe(0, 11_323);
            at.setSafe(0, 978_404_645_000_006L);
            big.setSafe(0, new BigDecimal("123456789012345678901234567890.25"));
            small.setSafe(0, new BigDecimal("12.50"));
            unsigned.setSafe(0, -1L);
            nan.setSafe(0, Double.NaN);
            bytes.setSafe(0, new byte[] {1, (byte) 0xff});
            large.setSafe(0, LONG_ID);
            UnionListWriter writer = list.getWriter();
            writer.setPosition(0);
            writer.startList();
            writer.bigInt().writeBigInt(1);
            writer.bigInt().writeNull();
            writer.endList();
            list.setValueCount(1);
            VectorSchemaRoot root =
                    new VectorSchemaRoot(List.of(day, at, big, small, unsigned, nan, bytes, large, list));
            root.setRowCount(1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ResultWriter json = OutputFormat.NDJSON.writer(out);
            json.begin(root.getSchema());
            json.batch(root);
            json.end();

            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo("{\"day\":\"2001-01-01\",\"at\":\"2001-01-02T03:04:05.000006\","
                            + "\"big\":\"123456789012345678901234567890.25\",\"small\":12.50,"
                            + "\"unsigned\":\"18446744073709551615\",\"nan\":\"NaN\",\"bytes\":\"01ff\","
                            + "\"large\":\"9007199254740993\",\"list\":[1,null]}\n");
        }
    }

    private static String printed(Rows rows, OutputFormat format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rows.print(format.writer(out));
        return out.toString(StandardCharsets.UTF_8);
    }
}
