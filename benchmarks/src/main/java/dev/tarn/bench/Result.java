package dev.tarn.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the rounds of one scenario on one peer gave: the median of each figure.
 *
 * @param perSecond answers per second
 * @param p50Micros latency of the middle answer
 * @param p99Micros latency that 99 of 100 answers did not exceed
 * @param cpuMicros processor time of the server per answer
 * @param bodyBytes bytes of one answer's body as they were sent
 * @param refusals answers with an unexpected status, over all rounds
 */
record Result(double perSecond, double p50Micros, double p99Micros, double cpuMicros, double bodyBytes, long refusals) {
    /**
     * One round.
     *
     * @param cpu processor time of the server during it
     */
    record Round(Traffic.Outcome outcome, Duration cpu) {
        double cpuMicros() {
            return cpu.toNanos() / 1e3 / Math.max(1, outcome.requests());
        }

        double bodyBytes() {
            return (double) outcome.bytes() / Math.max(1, outcome.requests());
        }
    }

    static Result of(List<Round> rounds) {
        return new Result(
                median(rounds, round -> round.outcome().perSecond()),
                median(rounds, round -> round.outcome().micros(0.5)),
                median(rounds, round -> round.outcome().micros(0.99)),
                median(rounds, Round::cpuMicros),
                median(rounds, Round::bodyBytes),
                rounds.stream().mapToLong(round -> round.outcome().refusals()).sum());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
