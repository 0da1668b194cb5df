package dev.tarn.catalog.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSpellingTest {
    @ParameterizedTest
    @CsvSource({
        "s3a://b/k,s3://b/k",
        "s3n://b/k,s3://b/k",
        "s3://b/k?versionId=1,s3://b/k",
        "s3://b/k#x,s3://b/k",
        "s3://b//k,s3://b//k",
        "s3://b/a/../k,s3://b/a/../k",
        "/x/y,file:///x/y",
        "file:/x/y,file:///x/y",
        "file:////x//y,file:///x/y",
        "file:///x/./z/../y,file:///x/y"
    })
    void whatReachesTheSameBytesIsSpelledTheSame(String location, String spelled) {
        assertThat(FileSpelling.of(location)).isEqualTo(spelled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://b/t/../u/f",
                "s3://b/t/./f",
                "s3://b/t/f?x",
                "s3://b/t/f#x",
                "file:///t/../u/f",
                "https://b/t/f",
                "t/f",
                "s3://b/t/\u0000f"
            })
    void onlyAPlainLocationMayBeDeleted(String location) {
        assertThat(FileSpelling.isPlain(location)).isFalse();
    }

    @Test
    void aFolderEndsInASlashSoThatNoSiblingBeginsWithIt() {
        TableFolders folders = new TableFolders(List.of(FileSpelling.folder("s3a://b/wh/t1/")));

        assertThat(folders.contains("s3://b/wh/t1/data/f")).isTrue();
        assertThat(folders.contains("s3://b/wh/t10/data/f")).isFalse();
        assertThat(folders.touches("s3://b/wh/t1/data/")).isTrue();
        assertThat(folders.touches("s3://b/wh/")).isTrue();
        assertThat(folders.touches("s3://b/wh/t10/")).isFalse();
        assertThat(FileSpelling.isPlain("s3://b/wh/t1/data/a=b c%2F/f")).isTrue();
    }

    @Test
    void aLargeSetHoldsMoreThanWasPutInAndNeverLess() {
        FileSet.Builder builder = new FileSet.Builder();
        List<String> files = IntStream.range(0, 3 * FileSet.Builder.MAX_FILES)
                .mapToObj(i -> "s3://b/lake/p=%d/f%d".formatted(i % (2 * FileSet.Builder.MAX_FOLDERS), i))
                .toList();
        files.forEach(builder::addFile);

        FileSet set = builder.build();

        assertThat(set.files()).isEmpty();
        assertThat(set.folders()).containsExactly("s3://b/lake/");
        assertThat(files).allMatch(file -> set.folders().stream().anyMatch(file::startsWith));
    }

    @Test
    void aSmallSetHoldsExactlyWhatWasPutIn() {
        FileSet.Builder builder = new FileSet.Builder();
        builder.addFile("s3://b/x");
        builder.addFile("s3://b/y/z");

        assertThat(builder.build().files()).containsExactlyInAnyOrder("s3://b/x", "s3://b/y/z");
        assertThat(builder.build().folders()).isEmpty();
        assertThat(new FileSet.Builder().build()).isSameAs(FileSet.EMPTY);
    }
}
