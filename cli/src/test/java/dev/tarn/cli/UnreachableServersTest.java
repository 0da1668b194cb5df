package dev.tarn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreachableServersTest {
    @TempDir
    Path folder;

    @Test
    void sqlSaysWhereItLookedAndHowToStartAServer() throws IOException {
        Invocation wrong = Invocation.of(
                "sql", "--data", folder.toString(), "--flight", "grpc://127.0.0.1:" + closedPort(), "select 1");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.number());
        assertThat(wrong.messages()).contains("grpc://127.0.0.1:").contains("'tarn serve'");
        assertThat(wrong.messages().lines()).hasSize(1);
        assertThat(wrong.output()).isEmpty();
    }

    @Test
    void tableListSaysWhereItLookedAndHowToStartAServer() throws IOException {
        Invocation wrong = Invocation.of(
                "table", "list", "--data", folder.toString(), "--catalog", "http://127.0.0.1:" + closedPort());

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.number());
        assertThat(wrong.messages()).contains("Cannot reach the catalog").contains("'tarn serve'");
        assertThat(wrong.messages().lines()).hasSize(1);
    }

    @Test
    void anAddressOfTheWrongFormIsNamed() {
        Invocation wrong = Invocation.of("sql", "--data", folder.toString(), "--flight", "localhost", "select 1");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(wrong.messages()).contains("'client.flight-uri'").contains("grpc://127.0.0.1:32010");
    }

    @Test
    void aTableNameNeedsANamespace() {
        Invocation wrong = Invocation.of("table", "drop", "--data", folder.toString(), "flights");

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.BAD_INPUT.number());
        assertThat(wrong.messages()).contains("NAMESPACE.TABLE").contains("'flights'");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
