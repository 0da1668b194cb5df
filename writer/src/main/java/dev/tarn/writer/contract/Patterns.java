package dev.tarn.writer.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions of contracts, searched for in texts with a limit on the work for one text: a pattern such as
 * {@code (a+)+$} may otherwise take longer than the machine lives. Stateless.
 */
public final class Patterns {
    /** Longer patterns are generated lists, for which an enumeration is the better rule. */
    private static final int MAX_PATTERN_LENGTH = 4_096;

    /** Letters looked at for each letter of a text: simple patterns need a few, those that explode pass it at once. */
    private static final long STEPS_PER_LETTER = 1_000;

    private static final long STEPS_AT_LEAST = 100_000;

    private Patterns() {}

    /** A text took too much work. */
    public static final class TooCostly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooCostly(int length) {
            super(
                    "a text of %d characters takes more than %d steps".formatted(length, limit(length)),
                    null,
                    false,
                    false);
        }
    }

    /** Why a pattern cannot be used; absent if it can. */
    public static Optional<String> faultOf(String pattern) {
        if (pattern.length() > MAX_PATTERN_LENGTH) {
            return Optional.of("it has %d characters but may have %d".formatted(pattern.length(), MAX_PATTERN_LENGTH));
        }
        try {
            Pattern.compile(pattern);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(e.getDescription() + " at position " + (e.getIndex() + 1));
        } catch (StackOverflowError e) {
            return Optional.of("it is nested too deeply");
        }
    }

    /**
     * Whether a part of a text matches.
     *
     * @throws TooCostly if that takes more steps than any sensible pattern needs
     */
    public static boolean finds(Matcher matcher, String text) {
        matcher.reset(new Counted(text, new Steps(limit(text.length()), text.length())));
        try {
            return matcher.find();
        } catch (StackOverflowError e) {
            // The engine recurses for every repetition of a group; such a text is too much for it.
            throw new TooCostly(text.length());
        }
    }

    private static long limit(int length) {
        return Math.max(STEPS_AT_LEAST, length * STEPS_PER_LETTER);
    }

    private static final class Steps {
        private final int length;
        private long left;

        Steps(long left, int length) {
            this.left = left;
            this.length = length;
        }

        void take() {
            if (--left < 0) {
                throw new TooCostly(length);
            }
        }
    }

    private record Counted(String text, Steps steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.take();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.substring(start, end), steps);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
