package dev.tarn.catalog.tasks;

import dev.tarn.catalog.store.TaskRecord;

/** Does the work of one kind of task. Thread-safe: several tasks of a kind may run at once. */
public interface TaskHandler {
    /** The kind of tasks it can do, as stored. */
    String kind();

    /**
     * Does the work from the cursor on, or repeats what an attempt that crashed did not get recorded: every step must be
     * harmless when it is done twice, even at the same time, since a server that lost its lease may not know yet.
     *
     * @param task as leased, with the cursor of the last attempt
     * @param progress keeps the cursor and tells when to stop
     * @throws TaskStoppedException passed on from the progress
     * @throws RuntimeException if the attempt failed; its message is kept with the task, which is tried again later
     */
    void run(TaskRecord task, TaskProgress progress);
}
