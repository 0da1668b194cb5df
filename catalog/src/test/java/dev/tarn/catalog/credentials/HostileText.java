package dev.tarn.catalog.credentials;

import java.util.Random;

/** Names that try to mean something else. */
final class HostileText {
    private static final String[] PARTS = {
        "a", "b", "A", "t", "tables", "*", "?", "$", "${*}", "${aws:username}", "${", "}", ".", "..", "%2e", "%2F", "%",
                "+",
        " ", "\"", "'", "\\", ":", ";", "arn:aws:s3:::", "é", "e\u0301", "😀", "\u202e", "-", "-2", "_", "~", "=", "&",
                "#",
        "metadata", "data", "\u0000", "\n", "[", "]", "|", "^", "@", "!", "(", ")", ",", "<", ">", "x-id", "delete"
    };

    private HostileText() {}

    /** One part of a path, never empty. */
    static String name(Random random) {
        StringBuilder name = new StringBuilder();
        int parts = 1 + random.nextInt(4);
        for (int i = 0; i < parts; i++) {
            name.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return name.toString();
    }

    /** Some parts with slashes between them. */
    static String path(Random random, int maxParts) {
        StringBuilder path = new StringBuilder(name(random));
        int more = random.nextInt(maxParts);
        for (int i = 0; i < more; i++) {
            path.append('/').append(name(random));
        }
        return path.toString();
    }

    /** Something close to a text: with another end, another middle, or the same. */
    static String near(Random random, String text) {
        int at = random.nextInt(text.length() + 1);
        return switch (random.nextInt(6)) {
            case 0 -> text + name(random);
            case 1 -> text.substring(0, at) + name(random) + text.substring(at);
            case 2 -> text.substring(0, at);
            case 3 -> text + "/" + name(random);
            case 4 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1));
            default -> name(random) + "/" + text;
        };
    }
}
