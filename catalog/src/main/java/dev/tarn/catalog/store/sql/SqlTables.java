package dev.tarn.catalog.store.sql;

import java.util.List;

/**
 * The tables of schema version 2. Keys are compared byte by byte; times are milliseconds since 1970; switches are 0 or 1;
 * JSON is text. The names of constraints are known to the code that maps their violations.
 */
final class SqlTables {
    static final int VERSION = 2;

    /** The warehouse of catalogs that had one only, and of servers that are told about one only. */
    static final String DEFAULT_WAREHOUSE = "default";

    static final List<String> DEFINITIONS = List.of(
            """
            CREATE TABLE warehouse (
                id {key} NOT NULL CONSTRAINT warehouse_id PRIMARY KEY,
                name {key} NOT NULL CONSTRAINT warehouse_name UNIQUE,
                location {text} NOT NULL,
                properties {text} NOT NULL,
                active {int} NOT NULL,
                version {long} NOT NULL)""",
            """
            CREATE TABLE namespace (
                id {id},
                warehouse_id {key} NOT NULL CONSTRAINT namespace_warehouse REFERENCES warehouse (id),
                parent_id {long} CONSTRAINT namespace_parent REFERENCES namespace (id),
                path_key {key} NOT NULL,
                path {text} NOT NULL,
                name {key} NOT NULL,
                properties {text} NOT NULL,
                version {long} NOT NULL,
                CONSTRAINT namespace_path UNIQUE (warehouse_id, path_key))""",
            "CREATE INDEX namespace_children ON namespace (parent_id, name)",
            """
            CREATE TABLE object (
                id {key} NOT NULL CONSTRAINT object_id PRIMARY KEY,
                warehouse_id {key} NOT NULL CONSTRAINT object_warehouse REFERENCES warehouse (id),
                namespace_id {long} CONSTRAINT object_namespace REFERENCES namespace (id),
                name {key} NOT NULL,
                kind {key} NOT NULL,
                version {long} NOT NULL,
                metadata_location {text} NOT NULL,
                location {text} NOT NULL,
                location_key {key},
                is_protected {int} NOT NULL,
                deleted_at {long},
                purge_after {long},
                deleted_path {text},
                deleted_key {key},
                CONSTRAINT object_name UNIQUE (namespace_id, name),
                CONSTRAINT object_is_live CHECK ((deleted_at IS NULL) = (namespace_id IS NOT NULL)))""",
            "CREATE INDEX object_listing ON object (namespace_id, kind, name)",
            "CREATE INDEX object_location ON object (warehouse_id, location_key)",
            "CREATE INDEX object_deleted ON object (warehouse_id, id) WHERE deleted_at IS NOT NULL",
            "CREATE INDEX object_deleted_in ON object (warehouse_id, deleted_key, id) WHERE deleted_at IS NOT NULL",
            """
            CREATE TABLE object_version (
                object_id {key} NOT NULL CONSTRAINT object_version_object REFERENCES object (id) ON DELETE CASCADE,
                version {long} NOT NULL,
                metadata_location {text} NOT NULL,
                CONSTRAINT object_version_id PRIMARY KEY (object_id, version))""",
            """
            CREATE TABLE idempotency (
                warehouse_id {key} NOT NULL,
                principal {key} NOT NULL,
                idempotency_key {key} NOT NULL,
                request_hash {text} NOT NULL,
                status {int} NOT NULL,
                form {text} NOT NULL,
                content {text} NOT NULL,
                expires_at {long} NOT NULL,
                commit_id {text} NOT NULL,
                CONSTRAINT idempotency_id PRIMARY KEY (warehouse_id, principal, idempotency_key))""",
            "CREATE INDEX idempotency_expiry ON idempotency (expires_at)",
            """
            CREATE TABLE outbox (
                {sequence},
                warehouse_id {key} NOT NULL,
                operation {text} NOT NULL,
                namespace {text} NOT NULL,
                name {text} NOT NULL,
                kind {text} NOT NULL,
                object_id {text} NOT NULL,
                metadata_location {text} NOT NULL,
                previous_metadata_location {text} NOT NULL,
                details {text} NOT NULL,
                principal {text} NOT NULL,
                at {long} NOT NULL)""",
            "CREATE INDEX outbox_warehouse ON outbox (warehouse_id, sequence)",
            """
            CREATE TABLE event_consumer (
                name {key} NOT NULL CONSTRAINT event_consumer_name PRIMARY KEY,
                sequence {long} NOT NULL)""",
            """
            CREATE TABLE task (
                id {key} NOT NULL CONSTRAINT task_id PRIMARY KEY,
                warehouse_id {key} NOT NULL CONSTRAINT task_warehouse REFERENCES warehouse (id),
                kind {key} NOT NULL,
                payload {text} NOT NULL,
                progress {text} NOT NULL,
                due_at {long} NOT NULL,
                attempts {int} NOT NULL,
                lease_owner {key},
                lease_until {long},
                problem {text} NOT NULL)""",
            "CREATE INDEX task_due ON task (kind, due_at, id)",
            "CREATE INDEX task_listing ON task (warehouse_id, id)",
            """
            CREATE TABLE principal (
                id {key} NOT NULL CONSTRAINT principal_id PRIMARY KEY,
                name {key} NOT NULL CONSTRAINT principal_name UNIQUE,
                client_id {key} CONSTRAINT principal_client_id UNIQUE,
                secret_hash {text} NOT NULL,
                active {int} NOT NULL,
                properties {text} NOT NULL,
                version {long} NOT NULL)""",
            """
            CREATE TABLE role (
                id {key} NOT NULL CONSTRAINT role_id PRIMARY KEY,
                name {key} NOT NULL CONSTRAINT role_name UNIQUE,
                version {long} NOT NULL)""",
            """
            CREATE TABLE principal_role (
                principal_id {key} NOT NULL CONSTRAINT principal_role_principal
                    REFERENCES principal (id) ON DELETE CASCADE,
                role_id {key} NOT NULL CONSTRAINT principal_role_role REFERENCES role (id) ON DELETE CASCADE,
                CONSTRAINT principal_role_id PRIMARY KEY (principal_id, role_id))""",
            "CREATE INDEX principal_role_members ON principal_role (role_id, principal_id)",
            """
            CREATE TABLE access_grant (
                role_id {key} NOT NULL CONSTRAINT access_grant_role REFERENCES role (id) ON DELETE CASCADE,
                kind {key} NOT NULL,
                warehouse_id {key} NOT NULL,
                namespace_key {key} NOT NULL,
                object_id {key} NOT NULL,
                privilege {key} NOT NULL,
                namespace {text} NOT NULL,
                CONSTRAINT access_grant_id
                    PRIMARY KEY (role_id, kind, warehouse_id, namespace_key, object_id, privilege))""",
            "CREATE INDEX access_grant_warehouse ON access_grant (warehouse_id)",
            "CREATE TABLE access_revision (revision {long} NOT NULL)",
            "INSERT INTO access_revision VALUES (1)",
            """
            CREATE TABLE audit (
                sequence {long} NOT NULL CONSTRAINT audit_sequence PRIMARY KEY,
                principal {text} NOT NULL,
                action {text} NOT NULL,
                subject {text} NOT NULL,
                outcome {text} NOT NULL,
                at {long} NOT NULL,
                details {text} NOT NULL,
                previous_hash {text} NOT NULL,
                hash {text} NOT NULL)""",
            "CREATE TABLE audit_head (sequence {long} NOT NULL, hash {text} NOT NULL)",
            "INSERT INTO audit_head VALUES (0, '')",
            "CREATE TABLE schema_version (version {int} NOT NULL)",
            "INSERT INTO schema_version VALUES (" + VERSION + ")");

    private SqlTables() {}
}
