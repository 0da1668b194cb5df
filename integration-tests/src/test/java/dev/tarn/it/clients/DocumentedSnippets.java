package dev.tarn.it.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The code blocks of a page, by heading. */
final class DocumentedSnippets {
    private static final Pattern BLOCK = Pattern.compile("(?m)^## (.+)$|^```(\\w+)\\n([\\s\\S]*?)^```$");

    private DocumentedSnippets() {}

    /** The first block of a language below each heading that has one, in the page's order. */
    static Map<String, String> of(Path page, String language) throws IOException {
        Map<String, String> snippets = new LinkedHashMap<>();
        String heading = "";
        Matcher matcher = BLOCK.matcher(Files.readString(page));
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                heading = matcher.group(1);
            } else if (matcher.group(2).equals(language)) {
                snippets.putIfAbsent(heading, matcher.group(3));
            }
        }
        return snippets;
    }
}
