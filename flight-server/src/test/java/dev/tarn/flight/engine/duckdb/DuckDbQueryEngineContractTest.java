package dev.tarn.flight.engine.duckdb;

import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.engine.QueryEngineContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DuckDbQueryEngineContractTest extends QueryEngineContract {
    @TempDir
    Path folder;

    private EngineFixture fixture;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Override
    protected QueryEngine engine() {
        return fixture.engine;
    }
}
