package dev.tarn.kafka.decode;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** A map whose keys are data, unlike the fields of a record. Not thread-safe. */
public final class Entries extends LinkedHashMap<String, @Nullable Object> {
    private static final long serialVersionUID = 1L;
}
