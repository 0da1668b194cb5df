package dev.tarn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn principal create}. */
@Command(
        name = "create",
        description = "Create somebody who may log in, with a client id and a secret that is shown this once.")
final class PrincipalCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(arity = "1", paramLabel = "NAME", description = "What people call it.")
    private String name = "";

    @Option(
            names = "--identity",
            paramLabel = "ISSUER#SUBJECT",
            description = "Who it is at the identity provider; it then logs in there and gets no secret here.")
    private String identity = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "A role to give to it. May be repeated.")
    private List<String> roles = List.of();

    PrincipalCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ManagementClient client = flags.open(console);
        ObjectNode body = ManagementClient.object().put("name", name).put("identity", identity);
        JsonNode created = client.post("/principals", body);
        if (identity.isEmpty()) {
            PrincipalRows.printSecret(created, output, console);
        } else {
            PrincipalRows.print(List.of(created), output, console);
        }
        // The secret is on the screen before anything else can fail.
        for (String role : roles) {
            client.put(
                    "/principals/%s/roles/%s".formatted(ManagementClient.segment(name), ManagementClient.segment(role)),
                    ManagementClient.object());
        }
    }
}
