package dev.tarn.common;

import java.util.Optional;

/** One thing that must be in order before a server may take traffic. Called often: answers from memory, at once. */
public interface ReadinessCheck {
    /** What is checked, as it is shown to people. */
    String name();

    /** What is wrong, in one sentence; absent when all is well. */
    Optional<String> problem();
}
