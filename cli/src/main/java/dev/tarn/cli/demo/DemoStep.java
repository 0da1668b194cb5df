package dev.tarn.cli.demo;

/** One step of the demo. */
interface DemoStep {
    /** Short name, as in the JSON document. */
    String name();

    /** What it does, in one line for people. */
    String title();

    /**
     * Does the work and checks it.
     *
     * @param facts takes what the step found out, in the order in which it is printed
     * @throws CheckFailedException if the result is not what it must be
     */
    void run(DemoLake lake, Facts facts);
}
