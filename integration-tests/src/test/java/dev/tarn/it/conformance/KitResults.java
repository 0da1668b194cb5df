package dev.tarn.it.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came of the tests of one run of the kit.
 *
 * @param passed names of the tests that passed
 * @param failed names of those that failed, with the failure
 * @param skipped names of those that the kit left out, with its reason
 */
record KitResults(List<String> passed, Map<String, String> failed, Map<String, String> skipped) {
    /** The last line of a run. */
    static final String END = "kit END";

    /** Tests that contradict a decision of the catalog; they count as skipped. */
    static final Set<String> CANNOT_PASS = Set.of("testLoadTableWithMissingMetadataFile");

    private static final Pattern LINE = Pattern.compile("kit (PASSED|FAILED|SKIPPED) (\\S+) ?(.*)");

    KitResults {
        passed = List.copyOf(passed);
        failed = Map.copyOf(failed);
        skipped = Map.copyOf(skipped);
    }

    /** Reads what a {@link KitRun} printed. */
    static KitResults of(List<String> lines) {
        List<String> passed = new ArrayList<>();
        Map<String, String> failed = new TreeMap<>();
        Map<String, String> skipped = new TreeMap<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            switch (matcher.group(1).toUpperCase(Locale.ROOT)) {
                case "PASSED" -> passed.add(matcher.group(2));
                case "FAILED" -> failed.put(matcher.group(2), matcher.group(3));
                default -> skipped.put(matcher.group(2), matcher.group(3));
            }
        }
        return new KitResults(passed, failed, skipped);
    }

    int run() {
        return passed.size() + failed.size() + skipped.size();
    }
}
