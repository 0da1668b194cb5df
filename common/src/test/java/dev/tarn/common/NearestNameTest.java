package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {
    @Test
    void findsANameDespiteATypingErrorAndLetterCase() {
        assertThat(NearestName.find("Fligths", List.of("airports", "flights"))).contains("flights");
    }

    @Test
    void saysNothingWhereNothingIsNear() {
        assertThat(NearestName.hint("xyz", List.of("airports", "flights"))).isEmpty();
    }
}
