package dev.tarn.testkit.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.testkit.http.HttpMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiContractTest {
    private static final String FILE = """
            openapi: 3.1.1
            paths:
              /v1/{prefix}/things/{thing}:
                get:
                  responses:
                    200:
                      $ref: '#/components/responses/Thing'
                    404:
                      content:
                        application/json:
                          schema: {$ref: '#/components/schemas/ErrorModel'}
                    5XX:
                      content:
                        application/json:
                          schema: {$ref: '#/components/schemas/IcebergErrorResponse'}
                delete:
                  responses:
                    204:
                      description: gone
              /v1/config:
                get:
                  responses:
                    200:
                      $ref: '#/components/responses/Thing'
            components:
              responses:
                Thing:
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/Thing'}
              schemas:
                Thing:
                  type: object
                  required: [size]
                  properties:
                    size: {type: integer}
                    id: {type: string, format: uuid}
                    next: {type: string, nullable: true}
                ErrorModel:
                  type: object
                IcebergErrorResponse:
                  type: object
                  required: [error]
                  additionalProperties: false
                  properties:
                    error: {type: object, required: [message, type, code]}
            """;
    private static final String ERROR = "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":404}}";

    private OpenApiContract contract;

    @BeforeEach
    void read(@TempDir Path folder) throws IOException {
        contract = OpenApiContract.read(Files.writeString(folder.resolve("api.yaml"), FILE));
    }

    @Test
    void findsNothingInAnAnswerThatFollowsTheFile() {
        assertThat(contract.deviations(get("/v1/p/things/a"), json(200, "{\"size\":1,\"next\":null}")))
                .isEmpty();
        assertThat(contract.deviations(get("/v1/things/a?x=1"), json(200, "{\"size\":1}")))
                .isEmpty();
        assertThat(contract.deviations(get("/v1/things/a"), json(404, ERROR))).isEmpty();
        assertThat(contract.deviations(get("/v1/things/a"), json(429, ERROR))).isEmpty();
        assertThat(contract.deviations(get("/v1/things/a"), json(503, ERROR))).isEmpty();
        assertThat(contract.deviations(request("DELETE", "/v1/things/a"), json(204, "")))
                .isEmpty();
    }

    @Test
    void namesOperationStatusAndPlaceOfABodyThatBreaksItsSchema() {
        assertThat(contract.deviations(get("/v1/p/things/a"), json(200, "{\"size\":\"one\"}")))
                .containsExactly(
                        "GET /v1/{prefix}/things/{thing} -> 200: " + "Thing: /size string found, integer expected");
    }

    @Test
    void catchesAMissingFieldAWrongFormatAndABodyThatIsNotJson() {
        assertThat(contract.deviations(get("/v1/things/a"), json(200, "{}"))).hasSize(1);
        assertThat(contract.deviations(get("/v1/things/a"), json(200, "{\"size\":1,\"id\":\"7\"}")))
                .hasSize(1);
        assertThat(contract.deviations(get("/v1/things/a"), json(200, "{\"size\":")))
                .hasSize(1);
    }

    @Test
    void catchesAnErrorWithoutItsEnvelopeEvenWhereTheFileDescribesItBare() {
        assertThat(contract.deviations(get("/v1/things/a"), json(404, "{\"message\":\"m\"}")))
                .isNotEmpty();
    }

    @Test
    void catchesAStatusThatTheFileDoesNotList() {
        assertThat(contract.deviations(get("/v1/things/a"), json(201, "{\"size\":1}")))
                .containsExactly("GET /v1/{prefix}/things/{thing} -> 201: the file lists no such status");
    }

    @Test
    void catchesAWrongContentTypeAndABodyWhereNoneMayBe() {
        HttpMessage text = new HttpMessage(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
                new byte[0],
                "{\"size\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(contract.deviations(get("/v1/things/a"), text)).hasSize(1);
        assertThat(contract.deviations(request("DELETE", "/v1/things/a"), json(204, "{}")))
                .hasSize(1);
    }

    @Test
    void hasNoOpinionOnPathsThatTheFileDoesNotHave() {
        assertThat(contract.operation(get("/health/live"))).isEmpty();
        assertThat(contract.deviations(get("/health/live"), json(599, "nonsense")))
                .isEmpty();
    }

    private static HttpMessage get(String target) {
        return request("GET", target);
    }

    private static HttpMessage request(String method, String target) {
        return new HttpMessage(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", new byte[0], new byte[0]);
    }

    private static HttpMessage json(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new HttpMessage("HTTP/1.1 " + status + " Any\r\nContent-Type: application/json\r\n\r\n", bytes, bytes);
    }
}
