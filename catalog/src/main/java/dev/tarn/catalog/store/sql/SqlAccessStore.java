package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.catalog.store.SecurableKind;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Principals, roles and grants of a database. Thread-safe. */
final class SqlAccessStore implements AccessStore {
    private static final String PRINCIPALS =
            "SELECT p.id, p.name, p.client_id, p.secret_hash, p.active, p.properties, p.version FROM principal p";
    private static final String ROLES = "SELECT r.id, r.name, r.version FROM role r";

    private final Transactions transactions;

    SqlAccessStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Optional<PrincipalRecord> findPrincipal(String id) {
        return first(PRINCIPALS + " WHERE p.id = ?", SqlAccessStore::principal, id);
    }

    @Override
    public Optional<PrincipalRecord> findPrincipalByName(String name) {
        return first(PRINCIPALS + " WHERE p.name = ?", SqlAccessStore::principal, name);
    }

    @Override
    public Optional<PrincipalRecord> findPrincipalByClientId(String clientId) {
        return first(PRINCIPALS + " WHERE p.client_id = ?", SqlAccessStore::principal, clientId);
    }

    @Override
    public List<PrincipalRecord> listPrincipals(String afterName, int limit) {
        return query(
                PRINCIPALS + " WHERE p.name > ? ORDER BY p.name LIMIT ?", SqlAccessStore::principal, afterName, limit);
    }

    @Override
    public CommitOutcome createPrincipal(PrincipalRecord principal, AuditRecord audit) {
        return change(
                audit,
                session -> session.update(
                                        """
                INSERT INTO principal (id, name, client_id, secret_hash, active, properties, version)
                VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING""",
                                        principal.id(),
                                        principal.name(),
                                        nullIfEmpty(principal.clientId()),
                                        principal.secretHash(),
                                        principal.active() ? 1 : 0,
                                        StoredText.json(principal.properties()))
                                == 1
                        ? CommitOutcome.APPLIED
                        : CommitOutcome.NAME_TAKEN);
    }

    @Override
    public CommitOutcome replacePrincipal(PrincipalRecord principal, AuditRecord audit) {
        return change(
                audit,
                session -> unlessTaken(() -> outcome(session.update(
                        """
                UPDATE principal SET name = ?, client_id = ?, secret_hash = ?, active = ?, properties = ?,
                    version = version + 1
                WHERE id = ? AND version = ?""",
                        principal.name(),
                        nullIfEmpty(principal.clientId()),
                        principal.secretHash(),
                        principal.active() ? 1 : 0,
                        StoredText.json(principal.properties()),
                        principal.id(),
                        principal.version()))));
    }

    @Override
    public CommitOutcome dropPrincipal(String id, long expectedVersion, AuditRecord audit) {
        return change(
                audit,
                session -> outcome(
                        session.update("DELETE FROM principal WHERE id = ? AND version = ?", id, expectedVersion)));
    }

    @Override
    public Optional<RoleRecord> findRole(String id) {
        return first(ROLES + " WHERE r.id = ?", SqlAccessStore::role, id);
    }

    @Override
    public Optional<RoleRecord> findRoleByName(String name) {
        return first(ROLES + " WHERE r.name = ?", SqlAccessStore::role, name);
    }

    @Override
    public List<RoleRecord> listRoles(String afterName, int limit) {
        return query(ROLES + " WHERE r.name > ? ORDER BY r.name LIMIT ?", SqlAccessStore::role, afterName, limit);
    }

    @Override
    public CommitOutcome createRole(RoleRecord role, AuditRecord audit) {
        return change(
                audit,
                session -> session.update(
                                        "INSERT INTO role (id, name, version) VALUES (?, ?, 1) ON CONFLICT DO NOTHING",
                                        role.id(),
                                        role.name())
                                == 1
                        ? CommitOutcome.APPLIED
                        : CommitOutcome.NAME_TAKEN);
    }

    @Override
    public CommitOutcome replaceRole(RoleRecord role, AuditRecord audit) {
        return change(
                audit,
                session -> unlessTaken(() -> outcome(session.update(
                        "UPDATE role SET name = ?, version = version + 1 WHERE id = ? AND version = ?",
                        role.name(),
                        role.id(),
                        role.version()))));
    }

    @Override
    public CommitOutcome dropRole(String id, long expectedVersion, AuditRecord audit) {
        return change(
                audit,
                session ->
                        outcome(session.update("DELETE FROM role WHERE id = ? AND version = ?", id, expectedVersion)));
    }

    @Override
    public CommitOutcome assign(String principalId, String roleId, AuditRecord audit) {
        return change(audit, session -> {
            refuseBeyond(
                    session,
                    MAX_ROLES_PER_PRINCIPAL,
                    "roles of one principal",
                    "SELECT count(*) FROM principal_role WHERE principal_id = ? AND role_id <> ?",
                    principalId,
                    roleId);
            return unlessMissing(() -> session.update(
                    "INSERT INTO principal_role (principal_id, role_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    principalId,
                    roleId));
        });
    }

    @Override
    public CommitOutcome unassign(String principalId, String roleId, AuditRecord audit) {
        return change(
                audit,
                session -> outcome(session.update(
                        "DELETE FROM principal_role WHERE principal_id = ? AND role_id = ?", principalId, roleId)));
    }

    @Override
    public List<RoleRecord> rolesOf(String principalId) {
        return query(
                ROLES + " JOIN principal_role m ON m.role_id = r.id WHERE m.principal_id = ? ORDER BY r.name",
                SqlAccessStore::role,
                principalId);
    }

    @Override
    public List<PrincipalRecord> principalsOf(String roleId, String afterName, int limit) {
        return query(
                PRINCIPALS + " JOIN principal_role m ON m.principal_id = p.id"
                        + " WHERE m.role_id = ? AND p.name > ? ORDER BY p.name LIMIT ?",
                SqlAccessStore::principal,
                roleId,
                afterName,
                limit);
    }

    @Override
    public CommitOutcome grant(GrantRecord grant, AuditRecord audit) {
        return change(audit, session -> {
            refuseBeyond(
                    session,
                    MAX_GRANTS_PER_ROLE,
                    "grants of one role",
                    "SELECT count(*) FROM access_grant WHERE role_id = ?",
                    grant.roleId());
            return unlessMissing(() -> session.update(
                    """
                INSERT INTO access_grant (role_id, kind, warehouse_id, namespace_key, object_id, privilege, namespace)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                    grant.roleId(),
                    grant.kind().name(),
                    grant.warehouseId(),
                    StoredText.pathKey(grant.namespace()),
                    grant.objectId(),
                    grant.privilege(),
                    StoredText.path(grant.namespace())));
        });
    }

    @Override
    public CommitOutcome revoke(GrantRecord grant, AuditRecord audit) {
        return change(
                audit,
                session -> outcome(session.update(
                        """
                DELETE FROM access_grant WHERE role_id = ? AND kind = ? AND warehouse_id = ? AND namespace_key = ?
                    AND object_id = ? AND privilege = ?""",
                        grant.roleId(),
                        grant.kind().name(),
                        grant.warehouseId(),
                        StoredText.pathKey(grant.namespace()),
                        grant.objectId(),
                        grant.privilege())));
    }

    @Override
    public List<GrantRecord> grantsOf(Collection<String> roleIds) {
        List<String> ids = List.copyOf(roleIds);
        if (ids.isEmpty()) {
            return List.of();
        }
        return query(
                "SELECT role_id, privilege, kind, warehouse_id, namespace, object_id FROM access_grant WHERE role_id IN ("
                        + Locations.places(ids.size())
                        + ") ORDER BY role_id, kind, warehouse_id, namespace_key, object_id, privilege",
                SqlAccessStore::grant,
                ids.toArray());
    }

    @Override
    public long revision() {
        return first("SELECT revision FROM access_revision", row -> row.getLong(1))
                .orElse(0L);
    }

    private <T> Optional<T> first(String sql, SqlSession.RowReader<T> reader, Object... parameters) {
        return transactions.read(session -> session.first(sql, reader, parameters));
    }

    private <T> List<T> query(String sql, SqlSession.RowReader<T> reader, Object... parameters) {
        return transactions.read(session -> session.query(sql, reader, parameters));
    }

    private CommitOutcome change(AuditRecord audit, SqlWork<CommitOutcome> work) {
        return transactions.commit(
                session -> {
                    CommitOutcome outcome = work.run(session);
                    if (outcome == CommitOutcome.APPLIED) {
                        session.update("UPDATE access_revision SET revision = revision + 1");
                        SqlAudit.append(session, transactions.dialect(), audit);
                    }
                    return outcome;
                },
                Optional.empty());
    }

    /** Names and client ids are all that somebody else can hold. */
    private CommitOutcome unlessTaken(Constraints.Statement statement) throws SQLException {
        try {
            return statement.run();
        } catch (SQLException e) {
            if (transactions
                    .dialect()
                    .violation(e)
                    .filter(violation -> violation.kind() == Dialect.ViolationKind.UNIQUE)
                    .isPresent()) {
                return CommitOutcome.NAME_TAKEN;
            }
            throw e;
        }
    }

    private interface Insert {
        int run() throws SQLException;
    }

    /** What is there already is as good as new. */
    private CommitOutcome unlessMissing(Insert insert) throws SQLException {
        return Constraints.map(
                transactions.dialect(),
                () -> insert.run() >= 0 ? CommitOutcome.APPLIED : CommitOutcome.STALE,
                "",
                CommitOutcome.NAME_TAKEN,
                CommitOutcome.STALE);
    }

    private static void refuseBeyond(SqlSession session, int limit, String what, String sql, Object... parameters)
            throws SQLException {
        long count = session.first(sql, row -> row.getLong(1), parameters).orElse(0L);
        if (count >= limit) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "There may be at most %d %s; take some back first, or grant on something larger"
                            .formatted(limit, what));
        }
    }

    private static CommitOutcome outcome(int rows) {
        return rows == 1 ? CommitOutcome.APPLIED : CommitOutcome.STALE;
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    private static PrincipalRecord principal(ResultSet row) throws SQLException {
        return new PrincipalRecord(
                row.getString(1),
                row.getString(2),
                Optional.ofNullable(row.getString(3)).orElse(""),
                row.getString(4),
                row.getInt(5) != 0,
                StoredText.properties(row.getString(6)),
                row.getLong(7));
    }

    private static RoleRecord role(ResultSet row) throws SQLException {
        return new RoleRecord(row.getString(1), row.getString(2), row.getLong(3));
    }

    private static GrantRecord grant(ResultSet row) throws SQLException {
        return new GrantRecord(
                row.getString(1),
                row.getString(2),
                SecurableKind.valueOf(row.getString(3)),
                row.getString(4),
                StoredText.levels(row.getString(5)),
                row.getString(6));
    }
}
