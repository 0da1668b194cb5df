package dev.tarn.flight.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTokenizerTest {
    @Test
    void quotesAndCommentsAreOneTokenOrNone() {
        assertThat(texts("SELECT 'it''s' -- AT (x\n, \"a \"\"b\"/* /* y */ ' */, $$ ' $$, E'\\'', $1, a.b => 1.5e3"))
                .containsExactly(
                        "SELECT",
                        "'it''s'",
                        ",",
                        "\"a \"\"b\"",
                        ",",
                        "$$ ' $$",
                        ",",
                        "E'\\''",
                        ",",
                        "$",
                        "1",
                        ",",
                        "a",
                        ".",
                        "b",
                        "=>",
                        "1.5e3");
    }

    @Test
    void timeTravelInTextIsLeftAlone() {
        String sql = "SELECT 'AT (VERSION => 1)', \"FOR\" FROM t -- FOR VERSION AS OF 2";

        TimeTravelClauses result = TimeTravelClauses.takeOut(sql, SqlTokenizer.tokens(sql));

        assertThat(result.sql()).isEqualTo(sql);
        assertThat(result.clauses()).isEmpty();
    }

    @Test
    void timeTravelIsReplacedBySpacesOfEqualLength() {
        String sql = "SELECT * FROM t FOR VERSION AS OF 'v1' AS x";

        TimeTravelClauses result = TimeTravelClauses.takeOut(sql, SqlTokenizer.tokens(sql));

        assertThat(result.sql()).isEqualTo("SELECT * FROM t                        AS x");
        assertThat(result.clauses())
                .containsExactly(new TimeTravel(TimeTravel.Unit.REFERENCE, "v1", sql.indexOf("FOR")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 'x", "SELECT \"x", "SELECT /* x", "SELECT $a$ x $b$", "/*", "SELECT E'\\'"})
    void openQuotesAndCommentsAreRefused(String sql) {
        assertThatThrownBy(() -> SqlTokenizer.tokens(sql))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("has no end");
    }

    private static List<String> texts(String sql) {
        return SqlTokenizer.tokens(sql).stream().map(SqlToken::text).toList();
    }
}
