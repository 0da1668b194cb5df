package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataSizeTest {
    @ParameterizedTest
    @CsvSource({"0,0", "512,512", "1KB,1024", "64 mb,67108864", "2GB,2147483648", "3TB,3298534883328"})
    void readsPowersOf1024(String text, long bytes) {
        assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "1023", "1024", "1536", "67108864", "999999999999999999"})
    void printsAFormThatReadsBackExactly(long bytes) {
        assertThat(DataSize.parse(new DataSize(bytes).toString()).bytes()).isEqualTo(bytes);
    }

    @Test
    void refusesWhatIsNoSize() {
        assertThatThrownBy(() -> DataSize.parse("12 parsecs"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected a size such as 64KB, 512MB or 2GB but found '12 parsecs'");
    }

    @Test
    void refusesASizeBeyond63Bits() {
        assertThatThrownBy(() -> DataSize.parse("999999999999999999TB"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The size '999999999999999999TB' is too large");
    }
}
