package dev.tarn.testkit.histories;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Who must precede whom. Finds cycles in linear time, without recursion. Not thread-safe. */
final class OrderGraph {
    private final int size;
    private int edges;
    private int[] first;
    private int[] target = new int[1 << 12];
    private int[] next = new int[1 << 12];

    /** A graph of nodes from 0 to one below a size, without edges. */
    OrderGraph(int size) {
        this.size = size;
        this.first = new int[size];
        Arrays.fill(first, -1);
    }

    /** One node must precede another; that it precedes itself says nothing and is left out. */
    void edge(int before, int after) {
        if (before == after) {
            return;
        }
        if (edges == target.length) {
            target = Arrays.copyOf(target, 2 * edges);
            next = Arrays.copyOf(next, 2 * edges);
        }
        target[edges] = after;
        next[edges] = first[before];
        first[before] = edges++;
    }

    /** The sets of nodes that must precede each other: the strongly connected components of more than one node (Tarjan). */
    List<List<Integer>> cycles() {
        List<List<Integer>> found = new ArrayList<>();
        int[] index = new int[size];
        int[] low = new int[size];
        int[] edge = first.clone();
        boolean[] open = new boolean[size];
        Deque<Integer> component = new ArrayDeque<>();
        Deque<Integer> path = new ArrayDeque<>();
        int visited = 0;
        for (int root = 0; root < size; root++) {
            if (index[root] != 0) {
                continue;
            }
            path.push(root);
            while (!path.isEmpty()) {
                int node = path.peek();
                if (index[node] == 0) {
                    index[node] = low[node] = ++visited;
                    open[node] = true;
                    component.push(node);
                }
                int at = edge[node];
                if (at >= 0) {
                    edge[node] = next[at];
                    int other = target[at];
                    if (index[other] == 0) {
                        path.push(other);
                    } else if (open[other]) {
                        low[node] = Math.min(low[node], index[other]);
                    }
                    continue;
                }
                path.pop();
                if (!path.isEmpty()) {
                    low[path.peek()] = Math.min(low[path.peek()], low[node]);
                }
                if (low[node] == index[node]) {
                    close(node, component, open, found);
                }
            }
        }
        return found;
    }

    private static void close(int root, Deque<Integer> component, boolean[] open, List<List<Integer>> found) {
        List<Integer> members = new ArrayList<>();
        int node;
        do {
            node = component.pop();
            open[node] = false;
            members.add(node);
        } while (node != root);
        if (members.size() > 1) {
            found.add(members);
        }
    }
}
