package dev.tarn.flight.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LikePatternTest {
    @Test
    void percentStandsForAnyTextAndUnderscoreForOneCharacter() {
        assertThat(LikePattern.of("a%c").matches("abbc")).isTrue();
        assertThat(LikePattern.of("a%c").matches("ac")).isTrue();
        assertThat(LikePattern.of("a_c").matches("abc")).isTrue();
        assertThat(LikePattern.of("a_c").matches("ac")).isFalse();
    }

    @Test
    void backslashTakesTheNextCharacterLiterally() {
        assertThat(LikePattern.of("a\\_c").matches("a_c")).isTrue();
        assertThat(LikePattern.of("a\\_c").matches("abc")).isFalse();
        assertThat(LikePattern.of("50\\%").matches("50%")).isTrue();
        assertThat(LikePattern.of("a\\").matches("a\\")).isTrue();
    }

    @Test
    void charactersOfRegularExpressionsMeanThemselves() {
        assertThat(LikePattern.of("a.b*(").matches("a.b*(")).isTrue();
        assertThat(LikePattern.of("a.b").matches("axb")).isFalse();
    }
}
