package dev.tarn.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that name a path of this repository must name one that exists. */
final class DocumentedPathsTest {
    private static final Path ROOT = Path.of(System.getProperty("tarn.root", ".."));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern CODE_PATH = Pattern.compile("`((?:[a-z0-9-]+/)+[A-Za-z0-9_./-]*)`");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions/README.md"})
    void everyPathThatThePageNamesExists(String page) throws IOException {
        String text = Files.readString(ROOT.resolve(page));
        Path folder = ROOT.resolve(page).toAbsolutePath().getParent();
        List<String> missing = new ArrayList<>();
        Matcher links = LINK.matcher(text);
        while (links.find()) {
            if (!links.group(1).contains("://") && !Files.exists(folder.resolve(links.group(1)))) {
                missing.add(links.group(1));
            }
        }
        Matcher paths = CODE_PATH.matcher(text);
        while (paths.find()) {
            if (!Files.exists(ROOT.resolve(paths.group(1)))) {
                missing.add(paths.group(1));
            }
        }
        assertThat(missing).as("paths named in %s that do not exist", page).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md"})
    void everyModuleIsOnTheArchitecturePage(String page) throws IOException {
        String text = Files.readString(ROOT.resolve(page));
        Matcher modules =
                Pattern.compile("<module>([^<]+)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        List<String> missing = new ArrayList<>();
        while (modules.find()) {
            if (!text.contains("`" + modules.group(1) + "/`")) {
                missing.add(modules.group(1));
            }
        }
        assertThat(missing).as("modules that %s does not explain", page).isEmpty();
    }
}
