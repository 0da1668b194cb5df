package dev.tarn.catalog.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Decides what a session policy allows, by the published rules of IAM: deny wins, ARNs are compared part by part with
 * wildcards that cross slashes, and policy variables stand for what the request brings or for a special character. It knows
 * nothing of how the catalog writes policies.
 */
final class PolicyEvaluator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode policy;

    PolicyEvaluator(String policy) {
        try {
            this.policy = JSON.readTree(policy);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A policy must be JSON but was " + policy, e);
        }
    }

    /** Whether an action on an object or bucket is allowed, given the keys of the request's context. */
    boolean allows(String action, String arn, Map<String, String> context) {
        boolean allowed = false;
        for (JsonNode statement : policy.path("Statement")) {
            if (matchesAny(statement.path("Action"), action, context)
                    && matchesArn(statement.path("Resource"), arn, context)
                    && holds(statement.path("Condition"), context)) {
                if (statement.path("Effect").asText().equals("Deny")) {
                    return false;
                }
                allowed |= statement.path("Effect").asText().equals("Allow");
            }
        }
        return allowed;
    }

    private static boolean holds(JsonNode condition, Map<String, String> context) {
        for (Map.Entry<String, JsonNode> operator : condition.properties()) {
            for (Map.Entry<String, JsonNode> test : operator.getValue().properties()) {
                String value = context.get(test.getKey());
                boolean like = operator.getKey().equals("StringLike");
                if (!like && !operator.getKey().equals("StringEquals")) {
                    throw new IllegalStateException("No such operator: " + operator.getKey());
                }
                if (value == null || !matchesAny(test.getValue(), value, context)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean matchesArn(JsonNode patterns, String arn, Map<String, String> context) {
        for (String pattern : texts(patterns)) {
            if (pattern.equals("*")) {
                return true;
            }
            // arn:partition:service:region:account:resource; a wildcard never reaches beyond its part.
            String[] expected = pattern.split(":", 6);
            String[] found = arn.split(":", 6);
            boolean matches = expected.length == 6 && found.length == 6;
            for (int i = 0; matches && i < 6; i++) {
                matches = like(tokens(expected[i], context), found[i]);
            }
            if (matches) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesAny(JsonNode patterns, String value, Map<String, String> context) {
        return texts(patterns).stream().anyMatch(pattern -> like(tokens(pattern, context), value));
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isTextual()) {
            texts.add(node.textValue());
        }
        node.elements().forEachRemaining(element -> texts.add(element.asText()));
        return texts;
    }

    /** A character to match, or a wildcard. */
    private record Token(boolean isWildcard, int point) {}

    private static List<Token> tokens(String pattern, Map<String, String> context) {
        List<Token> tokens = new ArrayList<>();
        int i = 0;
        while (i < pattern.length()) {
            int point = pattern.codePointAt(i);
            int end = pattern.startsWith("${", i) ? pattern.indexOf('}', i) : -1;
            if (end > 0) {
                String name = pattern.substring(i + 2, end);
                boolean special = name.equals("*") || name.equals("?") || name.equals("$");
                String value = special ? name : context.getOrDefault(name, "");
                value.codePoints().forEach(p -> tokens.add(new Token(false, p)));
                i = end + 1;
                continue;
            }
            tokens.add(new Token(point == '*' || point == '?', point));
            i += Character.charCount(point);
        }
        return tokens;
    }

    /** Wildcards by dynamic programming: hostile patterns must not take exponential time. */
    private static boolean like(List<Token> pattern, String value) {
        int[] points = value.codePoints().toArray();
        boolean[] reached = new boolean[points.length + 1];
        reached[0] = true;
        for (Token token : pattern) {
            boolean[] next = new boolean[points.length + 1];
            boolean star = token.isWildcard() && token.point() == '*';
            boolean any = false;
            for (int i = 0; i <= points.length; i++) {
                any |= reached[i];
                if (star) {
                    next[i] = any;
                } else if (i > 0 && reached[i - 1]) {
                    next[i] = token.isWildcard() || points[i - 1] == token.point();
                }
            }
            reached = next;
        }
        return reached[points.length];
    }
}
