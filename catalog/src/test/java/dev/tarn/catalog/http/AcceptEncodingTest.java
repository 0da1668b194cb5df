package dev.tarn.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|true",
                "gzip, x-gzip, deflate|true",
                "GZIP;q=0.5|true",
                "deflate, *|true",
                "x-gzip|true",
                "gzip;q=0|false",
                "gzip; q=0.000, deflate|false",
                "*;q=0|false",
                "*, gzip;q=0|false",
                "deflate, br|false",
                "notgzip|false"
            })
    void gzipIsAcceptedIfTheHeaderSaysSo(String header, boolean accepted) {
        assertThat(AcceptEncoding.acceptsGzip(header)).isEqualTo(accepted);
    }

    @Test
    void withoutTheHeaderNothingIsCompressed() {
        assertThat(AcceptEncoding.acceptsGzip(null)).isFalse();
    }
}
