package dev.tarn.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.iceberg.TableProperties;
import org.junit.jupiter.api.Test;

/** The page about properties against the code that reads and sets them. */
class WritingPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern OWN = Pattern.compile("\"(tarn\\.[a-z0-9.-]+)\"");
    private static final Pattern OF_ICEBERG = Pattern.compile("TableProperties\\.([A-Z_0-9]+)");

    @Test
    void everyPropertyThatWritingGoesByIsOnThePage() throws Exception {
        Set<String> properties = new TreeSet<>();
        for (String module : List.of("writer", "storage", "kafka")) {
            for (String code : sources(ROOT.resolve(module).resolve("src/main/java"))) {
                Matcher own = OWN.matcher(code);
                while (own.find()) {
                    properties.add(own.group(1));
                }
                Matcher constant = OF_ICEBERG.matcher(code);
                while (constant.find()) {
                    if (!constant.group(1).contains("_DEFAULT")
                            || constant.group(1).startsWith("DEFAULT_")) {
                        properties.add(String.valueOf(TableProperties.class
                                .getField(constant.group(1))
                                .get(null)));
                    }
                }
            }
        }
        String page = Files.readString(ROOT.resolve("docs/reference/writing.md"));

        assertThat(properties)
                .hasSizeGreaterThan(30)
                .allSatisfy(property -> assertThat(page).contains(property));
    }

    private static List<String> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(WritingPageTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
