package dev.tarn.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlSplitterTest {
    @Test
    void cutsAtSemicolonsOutsideOfStringsIdentifiersAndComments() {
        SqlSplitter splitter = new SqlSplitter();

        assertThat(splitter.add("select ';', 'it''s;' as \"a;b\" -- c;\n; /* d; */ select 2;;\n select 3"))
                .containsExactly("select ';', 'it''s;' as \"a;b\" -- c;", "/* d; */ select 2");
        assertThat(splitter.finish()).containsExactly("select 3");
        assertThat(splitter.isOpen()).isFalse();
    }

    @Test
    void aStatementMayComeInManyLines() {
        SqlSplitter splitter = new SqlSplitter();

        assertThat(splitter.add("select 'a\n")).isEmpty();
        assertThat(splitter.isOpen()).isTrue();
        assertThat(splitter.add(";b';\n")).containsExactly("select 'a\n;b'");
        assertThat(splitter.isOpen()).isFalse();
    }
}
