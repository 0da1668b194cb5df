package dev.tarn.cli.demo;

import java.util.Map;

/** Hears what the demo does. */
interface DemoReport {
    /** A step begins. */
    void begin(DemoStep step);

    /** A step ended, and every check of it held. */
    void done(DemoStep step, long millis, Map<String, Object> facts);

    /** A step failed; no other follows. */
    void failed(DemoStep step, long millis, Map<String, Object> facts, String reason);

    /** The demo ended. */
    void end(Demo.Outcome outcome);
}
