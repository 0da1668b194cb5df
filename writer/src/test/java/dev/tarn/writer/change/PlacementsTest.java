package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.change.Placements.Change;
import dev.tarn.writer.files.PartitionedFileWriter.RowPlacement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlacementsTest {
    private final Placements placements = new Placements();

    @Test
    void aRowThatIsPlacedAfterItWasBeatenIsLost() {
        RowPlacement first = placements.of(new int[] {0, 1}, 0);
        placements.win(0, 0, Change.WRITE);
        placements.win(1, 1, Change.WRITE);
        RowPlacement second = placements.of(new int[] {1}, 2);
        placements.win(1, 2, Change.WRITE);

        second.placed(0, "b", 7);
        first.placed(1, "a", 3);
        first.placed(0, "a", 4);

        assertThat(newest()).isEqualTo(Map.of(0, "a@4", 1, "b@7"));
        assertThat(placements.lost().get("a").toArray()).containsExactly(3);
        assertThat(placements.visible()).isEqualTo(2);
    }

    @Test
    void aRowThatWasPlacedAndIsThenBeatenIsLost() {
        placements.win(0, 0, Change.WRITE);
        placements.of(new int[] {0}, 0).placed(0, "a", 0);
        placements.win(0, 1, Change.WRITE);
        placements.of(new int[] {0}, 1).placed(0, "a", 1);

        assertThat(newest()).isEqualTo(Map.of(0, "a@1"));
        assertThat(placements.lost().get("a").toArray()).containsExactly(0);
        assertThat(placements.visible()).isEqualTo(1);
    }

    @Test
    void aKeyThatIsRemovedAtLastHasNoRow() {
        RowPlacement late = placements.of(new int[] {0}, 0);
        placements.win(0, 0, Change.WRITE);
        placements.win(0, 1, Change.REMOVE);

        late.placed(0, "a", 5);

        assertThat(newest()).isEmpty();
        assertThat(placements.lost().get("a").toArray()).containsExactly(5);
        assertThat(placements.visible()).isZero();
    }

    private Map<Integer, String> newest() {
        Map<Integer, String> newest = new TreeMap<>();
        placements.forEach(2, (key, location, position) -> newest.put(key, location + "@" + position));
        return newest;
    }
}
