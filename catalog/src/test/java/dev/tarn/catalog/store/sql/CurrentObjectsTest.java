package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CurrentObjectsTest {
    private static final List<String> DB = List.of("db");
    private static final ObjectRecord FIRST = record(1, "t");
    private static final List<Change> REPLACE = List.of(new Change.ReplaceObject("id", 1, "m2", "l"));

    private final CurrentObjects objects = new CurrentObjects();

    private static ObjectRecord record(long version, String name) {
        return new ObjectRecord("id", DB, name, ObjectKind.TABLE, version, "m" + version, "l");
    }

    private Optional<ObjectRecord> find(String name) {
        return objects.find("w", DB, name, ObjectKind.TABLE);
    }

    @Test
    void aRecordThatNobodyChangesIsFoundByItsNameAndKind() {
        objects.offer("w", FIRST, objects.stamp());

        assertThat(find("t")).contains(FIRST);
        assertThat(find("other")).isEmpty();
        assertThat(objects.find("w", DB, "t", ObjectKind.VIEW)).isEmpty();
        assertThat(objects.find("other", DB, "t", ObjectKind.TABLE)).isEmpty();
    }

    @Test
    void aRecordIsGoneFromTheMomentThatAChangeIsAnnounced() {
        objects.offer("w", FIRST, objects.stamp());

        objects.begin(REPLACE);
        assertThat(find("t")).isEmpty();
        objects.offer("w", FIRST, objects.stamp());
        assertThat(find("t")).isEmpty();

        objects.end(REPLACE);
        assertThat(find("t")).isEmpty();
        objects.offer("w", record(2, "t"), objects.stamp());
        assertThat(find("t")).contains(record(2, "t"));
    }

    @Test
    void whatWasReadBeforeAChangeEndedIsRefused() {
        long stamp = objects.stamp();
        objects.begin(REPLACE);
        objects.end(REPLACE);

        objects.offer("w", FIRST, stamp);

        assertThat(find("t")).isEmpty();
    }

    @Test
    void twoChangesOfOneObjectKeepItOutUntilBothHaveEnded() {
        objects.begin(REPLACE);
        objects.begin(REPLACE);
        objects.end(REPLACE);
        objects.offer("w", FIRST, objects.stamp());
        assertThat(find("t")).isEmpty();

        objects.end(REPLACE);
        objects.offer("w", FIRST, objects.stamp());
        assertThat(find("t")).contains(FIRST);
    }

    @Test
    void aRenamedObjectIsNotFoundByItsOldName() {
        objects.offer("w", FIRST, objects.stamp());
        List<Change> rename = List.of(new Change.RenameObject("id", 1, DB, "u"));
        objects.begin(rename);
        objects.end(rename);
        objects.offer("w", record(2, "u"), objects.stamp());

        assertThat(find("t")).isEmpty();
        assertThat(find("u")).contains(record(2, "u"));
    }

    @Test
    void changesOfOtherThingsDoNotTakeARecordOut() {
        objects.offer("w", FIRST, objects.stamp());
        List<Change> other = List.of(new Change.DropNamespace(DB, 1), new Change.DropObject("other", 1));
        objects.begin(other);
        objects.end(other);

        assertThat(find("t")).contains(FIRST);
    }
}
