package dev.tarn.catalog.lifecycle;

import java.util.List;

/**
 * What one version of a table or view needs.
 *
 * @param folders its own folders, everything below which is taken as needed
 * @param foreign files elsewhere that its metadata or manifests name
 */
record ObjectReferences(List<String> folders, FileSet foreign) {
    /** What an object needs that is going itself. */
    static final ObjectReferences NOTHING = new ObjectReferences(List.of(), FileSet.EMPTY);

    ObjectReferences {
        folders = List.copyOf(folders);
    }

    /** About the memory it takes, in bytes. */
    int weight() {
        return 100 + folders.stream().mapToInt(folder -> folder.length() + 80).sum() + foreign.weight();
    }
}
