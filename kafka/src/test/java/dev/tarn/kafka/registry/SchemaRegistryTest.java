package dev.tarn.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistryTest {
    private final TestRegistry server = new TestRegistry();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void asksForEachSchemaOnceWhetherItExistsOrNot() {
        server.register(7, "AVRO", "\"string\"");
        SchemaRegistry registry = new SchemaRegistry(server.uri(), RegistryLogin.NONE);

        for (int i = 0; i < 3; i++) {
            assertThat(registry.find(7).orElseThrow().text()).isEqualTo("\"string\"");
            assertThat(registry.find(8)).isEmpty();
        }

        assertThat(server.requests()).isEqualTo(2);
    }

    @Test
    void referencesComeBeforeThoseThatBuildOnThemAndCirclesEnd() {
        server.register("c", 1, "AVRO", "C", new TestRegistry.Reference("b", "b", 1));
        server.register("b", 1, "AVRO", "B", new TestRegistry.Reference("c", "c", 1));
        server.register(1, "AVRO", "A", new TestRegistry.Reference("b", "b", 1));
        SchemaRegistry registry = new SchemaRegistry(server.uri(), RegistryLogin.NONE);

        assertThat(registry.find(1).orElseThrow().references())
                .extracting(RegisteredSchema.Reference::text)
                .containsExactly("C", "B");
    }

    @Test
    void aRegistryThatIsDownForAWhileIsSurvivedAndALongerFailureIsTold() {
        server.register(1, "AVRO", "A");
        SchemaRegistry registry = new SchemaRegistry(server.uri(), RegistryLogin.NONE);

        server.failNext(2);
        assertThat(registry.find(1)).isPresent();
        server.failNext(100);
        assertThatThrownBy(() -> registry.find(2))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("answered 503 to GET /schemas/ids/2 6 times");
    }

    @Test
    void loginsAreSentAndNeverShown() {
        server.register(1, "AVRO", "A");
        server.expectAuthorization("Basic dTpwdy1zZWNyZXQ=");
        SchemaRegistry wrong = new SchemaRegistry(server.uri(), RegistryLogin.bearer(Secret.of("tok-secret")));

        assertThat(new SchemaRegistry(server.uri(), RegistryLogin.basic("u", Secret.of("pw-secret"))).find(1))
                .isPresent();
        assertThatThrownBy(() -> wrong.find(1))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED))
                .hasMessageNotContaining("secret");
    }

    @Test
    void addressesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new SchemaRegistry(URI.create("ftp://x"), RegistryLogin.NONE))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("must begin with http:// or https://");
        assertThatThrownBy(() -> new SchemaRegistry(URI.create("http://u:p@x"), RegistryLogin.NONE))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("must not hold a user")
                .hasMessageNotContaining("u:p");
    }
}
