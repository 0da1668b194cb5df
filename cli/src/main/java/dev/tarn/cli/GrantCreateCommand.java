package dev.tarn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn grant create}. */
@Command(name = "create", description = "Let a role do something.")
final class GrantCreateCommand implements Runnable {
    private final Console console;

    @Mixin
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private GrantFlags on = new GrantFlags();

    @Parameters(index = "0", paramLabel = "ROLE")
    private String role = "";

    @Parameters(index = "1", paramLabel = "PRIVILEGE", description = "As TABLE_READ_DATA or NAMESPACE_LIST.")
    private String privilege = "";

    GrantCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        ObjectNode body = ManagementClient.object().put("privilege", privilege);
        body.set("on", on.target());
        flags.open(console).post("/roles/" + ManagementClient.segment(role) + "/grants", body);
        console.say("Role %s has %s".formatted(role, privilege));
    }
}
