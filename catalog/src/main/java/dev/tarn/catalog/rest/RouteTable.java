package dev.tarn.catalog.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Routes by the segments of their paths, as a tree that is built once. A literal segment wins over a variable one.
 * Immutable once built, thread-safe.
 */
final class RouteTable {
    private final Node root = new Node();
    private final Set<String> heads;

    /**
     * A route, and the raw segments of a path by the names that the route gives them.
     *
     * @param route to be run
     * @param variables raw segments by name
     */
    record Match(Route route, Map<String, String> variables) {}

    private record Leaf(Route route, List<String> names) {}

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Leaf> leaves = new HashMap<>();
        private @Nullable Node variable;
    }

    /**
     * A table of routes.
     *
     * @param base what every template begins with and the paths to be found do not, as {@code /v1/{prefix}}
     * @throws IllegalArgumentException if a template begins otherwise, or two routes have one method and path
     */
    RouteTable(String base, List<Route> routes) {
        routes.forEach(route -> add(base, route));
        heads = Set.copyOf(root.literals.keySet());
    }

    /** The literals that a path can begin with. */
    Set<String> heads() {
        return heads;
    }

    /**
     * The route of a path.
     *
     * @param segments raw segments
     * @param from index of the first segment that counts
     * @throws NoSuchRouteException 404 if there is no such path, 405 if it has no such method
     */
    Match find(String method, List<String> segments, int from) {
        Node found = find(root, segments, from);
        if (found == null) {
            throw new NoSuchRouteException(404, "The catalog has no such path");
        }
        Leaf leaf = found.leaves.get(method);
        if (leaf == null) {
            throw new NoSuchRouteException(405, "Method %s is not allowed here".formatted(method));
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < leaf.names.size(); i++) {
            if (!leaf.names.get(i).isEmpty()) {
                variables.put(leaf.names.get(i), segments.get(from + i));
            }
        }
        return new Match(leaf.route, variables);
    }

    /** As deep as the longest template, since every level goes down the tree by one. */
    private static @Nullable Node find(Node node, List<String> segments, int at) {
        if (at >= segments.size()) {
            return node.leaves.isEmpty() ? null : node;
        }
        Node literal = node.literals.get(segments.get(at));
        Node found = literal == null ? null : find(literal, segments, at + 1);
        Node variable = node.variable;
        return found != null || variable == null ? found : find(variable, segments, at + 1);
    }

    private void add(String base, Route route) {
        if (!route.template().startsWith(base + "/")) {
            throw new IllegalArgumentException("Route %s must begin with %s".formatted(route.endpoint(), base));
        }
        Node node = root;
        List<String> names = new ArrayList<>();
        for (String part : PathDecoder.segments(route.template().substring(base.length()))) {
            boolean isVariable = part.startsWith("{");
            names.add(isVariable ? part.substring(1, part.length() - 1) : "");
            node = isVariable ? variable(node) : node.literals.computeIfAbsent(part, absent -> new Node());
        }
        if (node.leaves.put(route.method(), new Leaf(route, List.copyOf(names))) != null) {
            throw new IllegalArgumentException("Route %s exists twice".formatted(route.endpoint()));
        }
    }

    private static Node variable(Node node) {
        Node variable = node.variable;
        if (variable == null) {
            variable = new Node();
            node.variable = variable;
        }
        return variable;
    }
}
