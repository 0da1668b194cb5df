package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.registry.RegistryLogin;
import java.util.Optional;

/**
 * Where Kafka and its schema registry are, and who we are there; the registry's secrets have no flag.
 *
 * @param bootstrapServers brokers to begin with, separated by commas; empty if none are set
 * @param registryUri root of the schema registry; empty if there is none
 * @param registryLogin how the registry knows who asks
 */
record KafkaSettings(String bootstrapServers, String registryUri, RegistryLogin registryLogin) {
    /** Reads the {@code kafka.} settings. */
    static KafkaSettings from(SettingsReader settings) {
        return new KafkaSettings(
                settings.text("kafka.bootstrap-servers", ""),
                settings.text("kafka.registry.uri", ""),
                login(
                        settings.text("kafka.registry.user", ""),
                        settings.optionalSecret("kafka.registry.password"),
                        settings.optionalSecret("kafka.registry.token")));
    }

    private static RegistryLogin login(String user, Optional<Secret> password, Optional<Secret> token) {
        if (user.isEmpty() == password.isPresent() || (token.isPresent() && password.isPresent())) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Set 'kafka.registry.user' and 'kafka.registry.password', or 'kafka.registry.token', or none of them");
        }
        return password.map(secret -> RegistryLogin.basic(user, secret))
                .or(() -> token.map(RegistryLogin::bearer))
                .orElse(RegistryLogin.NONE);
    }
}
