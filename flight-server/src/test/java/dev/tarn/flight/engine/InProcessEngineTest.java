package dev.tarn.flight.engine;

class InProcessEngineTest extends QueryEngineContract {
    private final InProcessEngine engine = new InProcessEngine(allocator);

    @Override
    protected QueryEngine engine() {
        return engine;
    }
}
