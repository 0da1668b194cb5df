import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.VariantVal;

/**
 * Runs SQL in Spark for tests in another JVM: one statement per line of standard input, answered on standard output by lines
 * "@ROW" with the canonical text of a row, and at last "@END" or "@ERROR" with a message. Started from its source, because
 * nothing of Spark is on the class path of the build.
 */
public final class SparkQueries {
    private static final HexFormat HEX = HexFormat.of();
    private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

    private SparkQueries() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // What Spark prints must not come between the answers.
        System.setOut(System.err);
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .appName("integration tests")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                .getOrCreate();
        out.println("@READY " + spark.version());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String statement = in.readLine(); statement != null; statement = in.readLine()) {
            answer(spark, statement, out);
        }
        spark.stop();
    }

    private static void answer(SparkSession spark, String statement, PrintStream out) {
        List<String> rows = new ArrayList<>();
        try {
            for (Row row : spark.sql(statement).collectAsList()) {
                rows.add(struct(row.schema(), row));
            }
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            out.println("@ERROR " + String.valueOf(e.getMessage()).replace('\n', ' '));
            return;
        }
        rows.forEach(row -> out.println("@ROW " + row));
        out.println("@END");
    }

    private static String text(DataType type, Object value) {
        if (value == null) {
            return "null";
        }
        if (type instanceof StructType) {
            return struct((StructType) type, (Row) value);
        }
        if (type instanceof ArrayType) {
            List<String> elements = new ArrayList<>();
            scala.collection.Seq<?> sequence = (scala.collection.Seq<?>) value;
            for (int i = 0; i < sequence.size(); i++) {
                elements.add(text(((ArrayType) type).elementType(), sequence.apply(i)));
            }
            return "[" + String.join(",", elements) + "]";
        }
        if (type instanceof MapType) {
            return map((MapType) type, (scala.collection.Map<?, ?>) value);
        }
        return primitive(value);
    }

    private static String struct(StructType type, Row row) {
        List<String> fields = new ArrayList<>();
        StructField[] declared = type.fields();
        for (int i = 0; i < declared.length; i++) {
            fields.add(text(declared[i].dataType(), row.get(i)));
        }
        return "(" + String.join(",", fields) + ")";
    }

    private static String map(MapType type, scala.collection.Map<?, ?> map) {
        Map<String, String> sorted = new TreeMap<>();
        scala.collection.Iterator<? extends scala.Tuple2<?, ?>> entries = map.iterator();
        while (entries.hasNext()) {
            scala.Tuple2<?, ?> entry = entries.next();
            sorted.put(text(type.keyType(), entry._1()), text(type.valueType(), entry._2()));
        }
        List<String> texts = new ArrayList<>();
        sorted.forEach((key, value) -> texts.add(key + ":" + value));
        return "{" + String.join(",", texts) + "}";
    }

    private static String primitive(Object value) {
        if (value instanceof Float) {
            return String.format("%08x", Float.floatToIntBits((Float) value));
        }
        if (value instanceof Double) {
            return String.format("%016x", Double.doubleToLongBits((Double) value));
        }
        if (value instanceof BigDecimal) {
            return ((BigDecimal) value).toPlainString();
        }
        if (value instanceof String) {
            return HEX.formatHex(((String) value).getBytes(StandardCharsets.UTF_8));
        }
        if (value instanceof byte[]) {
            return HEX.formatHex((byte[]) value);
        }
        if (value instanceof LocalDate) {
            return Long.toString(((LocalDate) value).toEpochDay());
        }
        if (value instanceof LocalDateTime) {
            return Long.toString(ChronoUnit.MICROS.between(EPOCH, (LocalDateTime) value));
        }
        if (value instanceof Instant) {
            Instant stamp = (Instant) value;
            return Long.toString(stamp.getEpochSecond() * 1_000_000L + stamp.getNano() / 1_000);
        }
        if (value instanceof VariantVal) {
            VariantVal variant = (VariantVal) value;
            return "<" + HEX.formatHex(variant.getMetadata()) + "|" + HEX.formatHex(variant.getValue()) + ">";
        }
        return value.toString();
    }
}
