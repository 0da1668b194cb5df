package dev.tarn.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.cli.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Prints one JSON document at the end; progress goes to stderr. */
final class JsonReport implements DemoReport {
    private static final ObjectMapper JSON = new ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

    private final Console console;
    private final ObjectNode document = JSON.createObjectNode();
    private final ArrayNode steps = document.putArray("steps");

    JsonReport(Console console) {
        this.console = console;
    }

    @Override
    public void begin(DemoStep step) {
        console.say(step.title() + " ...");
    }

    @Override
    public void done(DemoStep step, long millis, Map<String, Object> facts) {
        add(step, true, millis, facts);
    }

    @Override
    public void failed(DemoStep step, long millis, Map<String, Object> facts, String reason) {
        add(step, false, millis, facts).put("error", reason);
    }

    @Override
    public void end(Demo.Outcome outcome) {
        document.put("rows", outcome.rows());
        document.put("millis", outcome.millis());
        document.put("ok", outcome.ok());
        try {
            console.out().write((JSON.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8));
            console.out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the report", e);
        }
    }

    private ObjectNode add(DemoStep step, boolean ok, long millis, Map<String, Object> facts) {
        ObjectNode node = steps.addObject();
        node.put("name", step.name());
        node.put("ok", ok);
        node.put("millis", millis);
        node.put("title", step.title());
        facts.forEach((name, value) -> node.set(name, JSON.valueToTree(value)));
        return node;
    }
}
