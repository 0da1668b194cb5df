package dev.tarn.writer.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.variants.PhysicalType;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantObject;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;
import org.junit.jupiter.api.Test;

class VariantValuesTest {
    @Test
    void mapsListsAndNullsSurviveTheirBytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", List.of(1, "two", true));
        map.put("a", null);
        map.put("inner", Map.of("deep", 1.5));

        VariantObject object = reread(map).asObject();

        assertThat(object.numFields()).isEqualTo(3);
        assertThat(object.get("a").type()).isEqualTo(PhysicalType.NULL);
        assertThat(object.get("z").asArray().get(1).asPrimitive().get()).isEqualTo("two");
        assertThat(object.get("inner").asObject().get("deep").asPrimitive().get())
                .isEqualTo(1.5);
    }

    @Test
    void javaTypesKeepTheirWidthAndUnit() {
        assertThat(reread((byte) 1).type()).isEqualTo(PhysicalType.INT8);
        assertThat(reread(1).type()).isEqualTo(PhysicalType.INT32);
        assertThat(reread(1L).type()).isEqualTo(PhysicalType.INT64);
        assertThat(reread(1f).type()).isEqualTo(PhysicalType.FLOAT);
        assertThat(reread(new BigDecimal("1.50")).asPrimitive().get()).isEqualTo(new BigDecimal("1.50"));
        assertThat(reread(BigInteger.TEN.pow(30)).asPrimitive().get())
                .isEqualTo(new BigDecimal(BigInteger.TEN.pow(30)));
        assertThat(reread(new BigDecimal("1E+3")).asPrimitive().get()).isEqualTo(new BigDecimal("1000"));
        assertThat(reread(LocalDate.ofEpochDay(-1)).asPrimitive().get()).isEqualTo(-1);
        assertThat(reread(LocalTime.of(0, 0, 1)).asPrimitive().get()).isEqualTo(1_000_000L);
        assertThat(reread(LocalDateTime.of(1970, 1, 1, 0, 0, 1)).type()).isEqualTo(PhysicalType.TIMESTAMPNTZ);
        assertThat(reread(LocalDateTime.of(1970, 1, 1, 0, 0, 1, 1)).type()).isEqualTo(PhysicalType.TIMESTAMPNTZ_NANOS);
        assertThat(reread(Instant.EPOCH).type()).isEqualTo(PhysicalType.TIMESTAMPTZ);
        assertThat(reread(new byte[] {1}).asPrimitive().get()).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
    }

    @Test
    void valuesOfIcebergAreTakenAsTheyAre() {
        Variant variant = Variant.of(Variants.emptyMetadata(), Variants.of(7));

        assertThat(VariantValues.of(variant)).isSameAs(variant);
        assertThat(reread(Variants.of((short) 7)).type()).isEqualTo(PhysicalType.INT16);
    }

    @Test
    void refusesTooManyLevels() {
        List<Object> value = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            value = new ArrayList<>(List.of(value));
        }
        List<Object> deep = value;

        assertThatThrownBy(() -> VariantValues.of(deep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it has more than 128 levels");
    }

    @Test
    void refusesDecimalsWithoutRoom() {
        assertThatThrownBy(() -> VariantValues.of(BigInteger.TEN.pow(38)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("decimals of a variant have at most 38 digits");
    }

    @Test
    void refusesNamesThatAreNoText() {
        assertThatThrownBy(() -> VariantValues.of(Map.of(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names of fields must be text");
    }

    @Test
    void refusesTextWithHalfAPair() {
        assertThatThrownBy(() -> VariantValues.of(Arrays.asList("\uD800")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the text holds half a surrogate pair");
    }

    private static VariantValue reread(Object value) {
        Variant variant = VariantValues.of(value);
        VariantMetadata names = Variants.metadata(littleEndian(VariantValues.bytes(variant.metadata())));
        return Variants.value(names, littleEndian(VariantValues.bytes(variant.value())));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
