package dev.tarn.flight;

import dev.tarn.common.ReadinessCheck;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Ready while the engine is and the server is not stopping. Thread-safe. */
record GatewayReadiness(ReadinessCheck engine, BooleanSupplier draining) implements ReadinessCheck {
    @Override
    public String name() {
        return "flight";
    }

    @Override
    public Optional<String> problem() {
        return draining.getAsBoolean() ? Optional.of("The gateway is stopping") : engine.problem();
    }
}
