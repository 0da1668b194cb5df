package dev.tarn.writer.contract;

import dev.tarn.common.NearestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A map of a document while it is read: remembers which keys were asked for, so that {@link #finish} can name the others.
 * Faults become findings and the value is taken for absent. Not thread-safe.
 */
final class Section {
    /** Keys with this prefix are for others, in every standard. */
    private static final String EXTENSION_PREFIX = "x-";

    private final DocumentNode node;
    private final String path;
    private final List<LintFinding> findings;
    private final Set<String> known = new HashSet<>();

    private Section(DocumentNode node, String path, List<LintFinding> findings) {
        this.node = node;
        this.path = path;
        this.findings = findings;
    }

    static Section root(DocumentNode node, List<LintFinding> findings) {
        return new Section(node, "", findings);
    }

    int line() {
        return node.line();
    }

    String path() {
        return path;
    }

    boolean has(String key) {
        known.add(key);
        DocumentNode value = node.entries().get(key);
        return value != null && value.kind() != DocumentNode.Kind.NULL;
    }

    /** Keys that are for people or for other tools. */
    void ignore(String... keys) {
        known.addAll(List.of(keys));
    }

    Optional<DocumentNode> node(String key) {
        return has(key) ? Optional.ofNullable(node.entries().get(key)) : Optional.empty();
    }

    /** A scalar as it is written. */
    Optional<String> text(String key) {
        return node(key).flatMap(value -> {
            if (value.isScalar()) {
                return Optional.of(value.text());
            }
            return expected(key, value, "a text");
        });
    }

    String text(String key, String absent) {
        return text(key).orElse(absent);
    }

    /** A text that must be there; an error and the replacement where it is not. */
    String requiredText(String key, String replacement) {
        Optional<String> text = text(key).filter(value -> !value.isBlank());
        if (text.isEmpty()) {
            error(line(), "the key '%s' is missing".formatted(key));
        }
        return text.orElse(replacement);
    }

    boolean flag(String key) {
        return node(key)
                .flatMap(value -> {
                    if (value.kind() == DocumentNode.Kind.BOOLEAN) {
                        return Optional.of(value.text().equals("true"));
                    }
                    return this.<Boolean>expected(key, value, "true or false");
                })
                .orElse(false);
    }

    Optional<BigDecimal> number(String key) {
        return node(key).flatMap(value -> {
            Optional<BigDecimal> number = asNumber(value);
            return number.isPresent() ? number : expected(key, value, "a number");
        });
    }

    Optional<Integer> wholeNumber(String key) {
        return number(key).flatMap(value -> {
            try {
                return Optional.of(value.intValueExact());
            } catch (ArithmeticException e) {
                return node(key).flatMap(found -> expected(key, found, "a whole number"));
            }
        });
    }

    Optional<Section> section(String key) {
        return node(key).flatMap(value -> {
            if (value.kind() == DocumentNode.Kind.MAP) {
                return Optional.of(child(key, value));
            }
            return expected(key, value, "keys with values");
        });
    }

    /** The maps of a list. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        List<DocumentNode> items = list(key);
        for (int i = 0; i < items.size(); i++) {
            String place = "%s[%d]".formatted(key, i);
            if (items.get(i).kind() == DocumentNode.Kind.MAP) {
                sections.add(child(place, items.get(i)));
            } else {
                expected(place, items.get(i), "keys with values");
            }
        }
        return sections;
    }

    /** The maps of a map, by their keys. */
    Map<String, Section> named(String key) {
        Map<String, Section> sections = new LinkedHashMap<>();
        section(key)
                .ifPresent(outer -> outer.node
                        .entries()
                        .keySet()
                        .forEach(name -> outer.section(name).ifPresent(inner -> sections.put(name, inner))));
        return sections;
    }

    /** The scalars of a list, as they are written; a null among them is an empty text. */
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (DocumentNode item : list(key)) {
            if (item.isScalar()) {
                texts.add(item.text());
            } else {
                expected(key, item, "a list of values");
            }
        }
        return texts;
    }

    /** A scalar, or the scalars of a list. */
    List<String> textOrTexts(String key) {
        return node(key).filter(DocumentNode::isScalar).isPresent() ? List.of(text(key, "")) : texts(key);
    }

    boolean isList(String key) {
        return node(key).filter(value -> value.kind() == DocumentNode.Kind.LIST).isPresent();
    }

    int lineOf(String key) {
        DocumentNode value = node.entries().get(key);
        return value == null ? line() : value.line();
    }

    void error(int line, String message) {
        findings.add(new LintFinding(Severity.ERROR, line, path, message));
    }

    void warn(int line, String message) {
        findings.add(new LintFinding(Severity.WARNING, line, path, message));
    }

    /** Names the keys that nobody asked for. */
    void finish() {
        for (Map.Entry<String, DocumentNode> entry : node.entries().entrySet()) {
            String key = entry.getKey();
            if (!known.contains(key) && !key.startsWith(EXTENSION_PREFIX)) {
                warn(
                        entry.getValue().line(),
                        "unknown key '%s'%s".formatted(key, NearestName.hint(key, new TreeSet<>(known))));
            }
        }
    }

    static Optional<BigDecimal> asNumber(DocumentNode value) {
        if (value.kind() != DocumentNode.Kind.NUMBER && value.kind() != DocumentNode.Kind.TEXT) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(value.text().replace("_", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private List<DocumentNode> list(String key) {
        Optional<DocumentNode> value = node(key);
        if (value.isPresent() && value.get().kind() != DocumentNode.Kind.LIST) {
            expected(key, value.get(), "a list");
        }
        return value.map(DocumentNode::items).orElse(List.of());
    }

    private Section child(String key, DocumentNode value) {
        return new Section(value, path.isEmpty() ? key : path + "." + key, findings);
    }

    private <T> Optional<T> expected(String key, DocumentNode found, String expected) {
        String what = found.isScalar()
                ? "'%s'".formatted(found.text())
                : found.kind() == DocumentNode.Kind.MAP ? "keys with values" : "a list";
        error(found.line(), "the key '%s' must be %s but was %s".formatted(key, expected, what));
        return Optional.empty();
    }
}
