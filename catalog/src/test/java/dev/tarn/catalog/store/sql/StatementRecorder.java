package dev.tarn.catalog.store.sql;

import dev.tarn.catalog.store.CommitOutcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Carries out transactions of a database on one connection, and remembers their statements and parameters. */
final class StatementRecorder implements Transactions {
    private final Transactions transactions;
    private final List<Recorded> statements = new ArrayList<>();

    StatementRecorder(Transactions transactions) {
        this.transactions = transactions;
    }

    /** A statement that was run. */
    record Recorded(String sql, Map<Integer, Object> parameters) {
        /** What the database would do for it, a line for each step. */
        List<String> plan(SqlSession session, String explain, int column) throws SQLException {
            return session.query(
                    explain + " " + sql,
                    row -> row.getString(column),
                    parameters.values().toArray());
        }
    }

    List<Recorded> statements() {
        return statements;
    }

    @Override
    public Dialect dialect() {
        return transactions.dialect();
    }

    @Override
    public <T> T read(SqlWork<T> work) {
        return transactions.read(session -> work.run(recording(session)));
    }

    @Override
    public <T> T write(SqlWork<T> work, Predicate<T> isKept) {
        return transactions.write(session -> work.run(recording(session)), isKept);
    }

    @Override
    public CommitOutcome commit(SqlWork<CommitOutcome> work, Optional<KeyClaim> claim) {
        return transactions.commit(session -> work.run(recording(session)), claim);
    }

    @Override
    public void check() {
        transactions.check();
    }

    @Override
    public Optional<String> problem() {
        return transactions.problem();
    }

    @Override
    public void close() {}

    private SqlSession recording(SqlSession session) {
        Connection connection = session.connection();
        return SqlSession.over((Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        return method.getName().equals("prepareStatement") && arguments.length == 1
                                ? recording((String) arguments[0], (PreparedStatement) result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private PreparedStatement recording(String sql, PreparedStatement statement) {
        Recorded recorded = new Recorded(sql, new TreeMap<>());
        statements.add(recorded);
        return (PreparedStatement) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PreparedStatement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("setObject") && arguments[1] != null) {
                        recorded.parameters().put((Integer) arguments[0], arguments[1]);
                    }
                    try {
                        return method.invoke(statement, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
