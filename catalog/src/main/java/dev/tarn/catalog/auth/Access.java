package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.AccessStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The logins and permissions of one server, and what administers them.
 *
 * @param control finds out who asks, and what they may do
 * @param tokens gives tokens; absent unless this catalog signs its own
 * @param principals administers principals and roles
 * @param grants administers what roles may do
 * @param audit remembers who did what
 * @param rotateSigningKey makes a new key sign tokens; absent unless this catalog signs its own
 */
public record Access(
        AccessControl control,
        Optional<TokenEndpoint> tokens,
        AccessAdministration principals,
        GrantAdministration grants,
        AuditLog audit,
        Optional<Runnable> rotateSigningKey) {
    private static final String KEYS_FILE = "token-keys.json";

    /**
     * Opens what the settings ask for. A catalog that signs its own tokens and has no principals gets its first one, whose
     * credential is written to a file in the data folder.
     *
     * @param folder data folder of the server
     * @throws dev.tarn.common.TarnException CORRUPT or INVALID if the keys cannot be read or written
     */
    public static Access open(
            AuthSettings settings, Path folder, AccessStore store, GrantTargets targets, AuditLog audit, Clock clock) {
        ClientSecrets secrets = new ClientSecrets();
        CallerPermissions permissions = new CallerPermissions(store, settings.administrators());
        AccessAdministration principals = new AccessAdministration(store, secrets, audit, permissions::changed);
        Optional<TokenKeys> keys = settings.modes().contains(AuthMode.OWN)
                ? Optional.of(TokenKeys.open(keysFile(settings, folder), clock))
                : Optional.empty();
        Optional<OwnTokens> own = keys.map(opened -> new OwnTokens(opened, settings.tokenLifetime(), clock));
        Optional<OidcTokens> oidc =
                settings.oidc().map(provider -> new OidcTokens(provider, new RemoteKeys(provider, clock), clock));
        own.ifPresent(tokens -> new RootPrincipal(store, secrets, audit).createIfAbsent(settings, folder));
        AccessControl control = settings.isOpen()
                ? new OpenAccess()
                : new RoleBasedAccess(new BearerLogin(own, oidc, clock), permissions, audit);
        return new Access(
                control,
                own.map(tokens -> new TokenEndpoint(store, tokens, secrets, new FailedLogins(clock), audit)),
                principals,
                new GrantAdministration(store, principals, control, targets),
                audit,
                keys.map(opened -> opened::rotate));
    }

    private static Path keysFile(AuthSettings settings, Path folder) {
        return settings.signingKeysFile().isEmpty() ? folder.resolve(KEYS_FILE) : Path.of(settings.signingKeysFile());
    }
}
