package dev.tarn.writer.contract;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/** How strict a check is beside another of the same kind. */
enum Strictness {
    /** Everything that was good still is. */
    LOOSER,
    /** Some of what was good is bad. */
    STRICTER,
    /** Neither is known. */
    UNKNOWN;

    static Strictness compare(Check before, Check after) {
        if (before instanceof Check.OneOf old && after instanceof Check.OneOf now) {
            boolean wider = now.values().containsAll(old.values());
            boolean narrower = old.values().containsAll(now.values());
            return of(wider, narrower);
        }
        if (before instanceof Check.Length old && after instanceof Check.Length now) {
            boolean wider = now.min() <= old.min() && now.max() >= old.max();
            boolean narrower = now.min() >= old.min() && now.max() <= old.max();
            return of(wider, narrower);
        }
        if (before instanceof Check.Range old && after instanceof Check.Range now) {
            Optional<Integer> low = compare(old.min(), now.min(), 1);
            Optional<Integer> high = compare(old.max(), now.max(), -1);
            if (low.isEmpty() || high.isEmpty()) {
                return UNKNOWN;
            }
            return of(low.get() <= 0 && high.get() <= 0, low.get() >= 0 && high.get() >= 0);
        }
        if (before instanceof Check.Fresh old && after instanceof Check.Fresh now) {
            return ofAges(old.maxAge(), now.maxAge());
        }
        if (before instanceof Check.Retained old && after instanceof Check.Retained now) {
            return ofAges(old.period(), now.period());
        }
        return UNKNOWN;
    }

    private static Strictness ofAges(Duration before, Duration after) {
        return of(after.compareTo(before) >= 0, after.compareTo(before) <= 0);
    }

    private static Strictness of(boolean wider, boolean narrower) {
        if (wider == narrower) {
            return UNKNOWN;
        }
        return wider ? LOOSER : STRICTER;
    }

    /** More than 0 if the new bound is stricter; absent if the two cannot be compared. The sign is 1 for lower bounds. */
    private static Optional<Integer> compare(Optional<Bound> before, Optional<Bound> after, int sign) {
        if (before.isEmpty() || after.isEmpty()) {
            return Optional.of(Boolean.compare(after.isPresent(), before.isPresent()));
        }
        try {
            int order = new BigDecimal(after.get().literal())
                    .compareTo(new BigDecimal(before.get().literal()));
            int exclusive =
                    Boolean.compare(before.get().inclusive(), after.get().inclusive());
            return Optional.of(order == 0 ? exclusive : order * sign);
        } catch (NumberFormatException e) {
            // ISO dates and times are in order as texts, if both have one form.
            boolean sameForm =
                    before.get().literal().length() == after.get().literal().length();
            int order = after.get().literal().compareTo(before.get().literal());
            return sameForm ? Optional.of(order * sign) : Optional.empty();
        }
    }
}
