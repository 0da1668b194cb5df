package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.ErrorKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void everyFailureHasACodeThatIsNotZero() {
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(ExitCode.of(kind).number()).as(kind.name()).isBetween(1, 130);
        }
    }

    @Test
    void numbersAreUniqueAndKeepTheirMeaning() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::number)).doesNotHaveDuplicates();
        assertThat(ExitCode.PARTIAL.number()).isEqualTo(3);
        assertThat(ExitCode.of(ErrorKind.CONFLICT).number()).isEqualTo(4);
        assertThat(ExitCode.of(ErrorKind.REFUSED).number()).isEqualTo(5);
        assertThat(ExitCode.of(ErrorKind.LOCKED).number()).isEqualTo(6);
        assertThat(ExitCode.of(ErrorKind.DEADLINE).number()).isEqualTo(7);
        assertThat(ExitCode.of(ErrorKind.UNKNOWN_OUTCOME).number()).isEqualTo(8);
    }

    @Test
    void theCommandListsThem() {
        Invocation listed = Invocation.of("exit-codes", "--output", "csv");

        assertThat(listed.exitCode()).isZero();
        assertThat(listed.text()).contains("8,UNKNOWN_OUTCOME,");
    }
}
