package dev.tarn.catalog.store.sql;

import java.time.Instant;

/**
 * What a backup holds.
 *
 * @param takenAt when it was taken
 * @param warehouses how many warehouses
 * @param objects how many tables, views and other objects, those dropped softly included
 * @param rows how many rows in all
 * @param heldTasks how many tasks, such as purges, a restore holds back; 0 when a backup is taken
 */
public record BackupReport(Instant takenAt, long warehouses, long objects, long rows, long heldTasks) {}
