package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import java.util.ArrayList;
import java.util.List;

/** Prints principals. */
final class PrincipalRows {
    private PrincipalRows() {}

    static void print(List<JsonNode> principals, OutputFlags output, Console console) {
        Rows rows =
                Rows.of(Column.text("name"), Column.text("client_id"), Column.text("identity"), Column.text("active"));
        principals.forEach(principal -> rows.add(
                principal.path("name").asText(),
                principal.path("client-id").asText(),
                principal.path("identity").asText(),
                principal.path("active").asText()));
        rows.print(output.writer(console));
    }

    /** One principal with its roles. */
    static void printRoles(JsonNode principal, OutputFlags output, Console console) {
        List<String> roles = new ArrayList<>();
        principal.path("roles").forEach(role -> roles.add(role.asText()));
        Rows.of(
                        Column.text("name"),
                        Column.text("client_id"),
                        Column.text("identity"),
                        Column.text("active"),
                        Column.text("roles"))
                .add(
                        principal.path("name").asText(),
                        principal.path("client-id").asText(),
                        principal.path("identity").asText(),
                        principal.path("active").asText(),
                        String.join(", ", roles))
                .print(output.writer(console));
    }

    /** A secret that the server shows this once. */
    static void printSecret(JsonNode principal, OutputFlags output, Console console) {
        Rows.of(Column.text("name"), Column.text("client_id"), Column.text("client_secret"))
                .add(
                        principal.path("name").asText(),
                        principal.path("client-id").asText(),
                        principal.path("client-secret").asText())
                .print(output.writer(console));
        console.say("Keep the secret: it is shown this once. As setting: client.credential=CLIENT_ID:CLIENT_SECRET");
    }
}
