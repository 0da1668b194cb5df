package dev.tarn.writer.contract;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Period;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lengths of time as contracts write them: ISO 8601, or a number with a unit. A month has 30 days, a year 365. */
final class Periods {
    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9})\\s*([a-zA-Z]+)");
    private static final Pattern ISO =
            Pattern.compile("P(?=.)(\\d{1,6}Y)?(\\d{1,6}M)?(\\d{1,6}W)?(\\d{1,6}D)?(T(?=.).{1,30})?");

    private Periods() {}

    /** Reads {@code PT1H}, {@code P1Y}, {@code 25h} or {@code 1 year}; absent if the text is none of them. */
    static Optional<Duration> parse(String text) {
        String trimmed = text.trim();
        Matcher simple = SIMPLE.matcher(trimmed);
        if (simple.matches()) {
            return of(Long.parseLong(simple.group(1)), simple.group(2));
        }
        String upper = trimmed.toUpperCase(Locale.ROOT);
        if (!ISO.matcher(upper).matches()) {
            return Optional.empty();
        }
        try {
            int time = upper.indexOf('T');
            String date = time < 0 ? upper : upper.substring(0, time);
            Period period = date.equals("P") ? Period.ZERO : Period.parse(date);
            Duration rest = time < 0 ? Duration.ZERO : Duration.parse("P" + upper.substring(time));
            return Optional.of(Duration.ofDays(period.getYears() * 365L + period.getMonths() * 30L + period.getDays())
                    .plus(rest));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A number of units; absent if the unit is unknown. */
    static Optional<Duration> of(long amount, String unit) {
        long seconds =
                switch (unit.toLowerCase(Locale.ROOT)) {
                    case "s", "sec", "second", "seconds" -> 1;
                    case "m", "min", "minute", "minutes" -> 60;
                    case "h", "hr", "hour", "hours" -> 3_600;
                    case "d", "day", "days" -> 86_400;
                    case "w", "week", "weeks" -> 7 * 86_400;
                    case "mo", "month", "months" -> 30 * 86_400;
                    case "y", "yr", "year", "years" -> 365 * 86_400;
                    default -> 0;
                };
        return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.multiplyExact(amount, seconds)));
    }
}
