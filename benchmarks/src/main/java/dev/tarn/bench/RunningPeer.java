package dev.tarn.bench;

import dev.tarn.common.Closer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A peer in a process.
 *
 * @param closer what ends with it
 */
record RunningPeer(
        String name,
        String root,
        Optional<String> authorization,
        Set<Ability> abilities,
        Path warehouse,
        ServerProcess process,
        Closer closer)
        implements Peer {
    @Override
    public Duration cpu() {
        return process.cpu();
    }

    @Override
    public void close() {
        closer.close();
    }
}
