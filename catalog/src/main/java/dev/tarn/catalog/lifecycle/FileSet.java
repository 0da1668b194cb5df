package dev.tarn.catalog.lifecycle;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A set of files that stays small: beyond a limit it holds whole folders in the place of their files, so that it may hold
 * more than was put into it, and never less. Immutable.
 *
 * @param files in the common spelling
 * @param folders in the common spelling, with a slash at the end
 */
record FileSet(Set<String> files, Set<String> folders) {
    static final FileSet EMPTY = new FileSet(Set.of(), Set.of());

    FileSet {
        files = Set.copyOf(files);
        folders = Set.copyOf(folders);
    }

    boolean isEmpty() {
        return files.isEmpty() && folders.isEmpty();
    }

    /** About the memory it takes, in bytes. */
    int weight() {
        long characters = 0;
        for (String file : files) {
            characters += file.length() + 80L;
        }
        for (String folder : folders) {
            characters += folder.length() + 80L;
        }
        return (int) Math.min(Integer.MAX_VALUE, characters);
    }

    /** Collects files. Not thread-safe. */
    static final class Builder {
        /** Tables that name more foreign files than this were filled from somewhere else altogether. */
        static final int MAX_FILES = 10_000;

        static final int MAX_FOLDERS = 1_000;

        private final Set<String> files = new HashSet<>();
        private Set<String> folders = new TreeSet<>();
        private boolean byFolder;

        void addFile(String file) {
            if (byFolder) {
                addFolder(parent(file));
                return;
            }
            files.add(file);
            if (files.size() > MAX_FILES) {
                byFolder = true;
                files.forEach(each -> addFolder(parent(each)));
                files.clear();
            }
        }

        void addFolder(String folder) {
            if (isCovered(folder)) {
                return;
            }
            folders.add(folder);
            while (folders.size() > MAX_FOLDERS) {
                Set<String> shorter =
                        folders.stream().map(Builder::parent).collect(Collectors.toCollection(TreeSet::new));
                if (shorter.equals(folders)) {
                    return; // Nothing but roots of buckets, of which there are few.
                }
                folders = shorter;
            }
        }

        void addAll(FileSet other) {
            other.files().forEach(this::addFile);
            other.folders().forEach(this::addFolder);
        }

        FileSet build() {
            return files.isEmpty() && folders.isEmpty() ? EMPTY : new FileSet(files, folders);
        }

        private boolean isCovered(String folder) {
            String at = folder;
            while (!folders.contains(at)) {
                String above = parent(at);
                if (above.equals(at)) {
                    return false;
                }
                at = above;
            }
            return true;
        }

        /** The folder above; the root of a bucket or file system is its own. */
        private static String parent(String location) {
            int root = location.indexOf("://");
            int firstSlash = location.indexOf('/', root < 0 ? 0 : root + 3);
            int end = location.endsWith("/") ? location.length() - 2 : location.length() - 1;
            int slash = location.lastIndexOf('/', end);
            return slash <= firstSlash
                    ? location.substring(0, Math.max(firstSlash, 0) + 1)
                    : location.substring(0, slash + 1);
        }
    }
}
