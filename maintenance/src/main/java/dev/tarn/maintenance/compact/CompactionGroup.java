package dev.tarn.maintenance.compact;

import java.util.List;

/**
 * Files of one partition that are rewritten together.
 *
 * @param specId partition spec of the inputs
 * @param partition the partition as a path such as {@code day=2026-01-01}; empty for an unpartitioned spec
 * @param tier how the group is rewritten
 * @param reason why the group was chosen, and why this tier
 * @param expectedOutputFiles into how many files the group is cut; 0 when it is skipped
 * @param inputs the files, at least one
 */
public record CompactionGroup(
        int specId, String partition, Tier tier, String reason, int expectedOutputFiles, List<CompactionInput> inputs) {
    /** Refuses a group without inputs, and one that is rewritten into less than one file. */
    public CompactionGroup {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("A group needs at least one input");
        }
        if (tier != Tier.SKIP && expectedOutputFiles < 1) {
            throw new IllegalArgumentException("expectedOutputFiles must be at least 1 but was " + expectedOutputFiles);
        }
    }

    /** Bytes of all inputs. */
    public long bytes() {
        return inputs.stream().mapToLong(CompactionInput::bytes).sum();
    }

    /** Rows of all inputs, deleted ones included. */
    public long records() {
        return inputs.stream().mapToLong(CompactionInput::records).sum();
    }
}
