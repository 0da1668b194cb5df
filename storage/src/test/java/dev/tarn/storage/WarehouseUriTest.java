package dev.tarn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WarehouseUriTest {
    @ParameterizedTest
    @CsvSource({
        "s3://lake/warehouse/, s3://lake/warehouse",
        "s3a://lake, s3://lake",
        "S3N://lake/a/b, s3://lake/a/b",
        "file:///data/wh/, file:///data/wh",
        "/data/../wh, file:///wh"
    })
    void readsWhatPeopleType(String text, String value) {
        assertThat(WarehouseUri.parse(text).value()).isEqualTo(value);
    }

    @Test
    void aRelativeFolderCountsFromTheWorkingDirectory() {
        assertThat(WarehouseUri.parse("wh").folder()).isEqualTo(Path.of("wh").toAbsolutePath());
    }

    @Test
    void knowsItsBucket() {
        assertThat(WarehouseUri.parse("s3://lake/a/b").bucket()).isEqualTo("lake");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://x/y", "s3://", "s3://UPPER/x", "s3://lake/../x", "s3://lake//x"})
    void refusesWhatCannotBeAWarehouse(String text) {
        assertThatThrownBy(() -> WarehouseUri.parse(text))
                .isInstanceOf(TarnException.class)
                .hasMessageStartingWith("A warehouse must be a folder, file:///folder or s3://bucket/prefix but was '");
    }
}
