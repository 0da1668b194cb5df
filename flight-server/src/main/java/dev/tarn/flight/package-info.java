@NullMarked
package dev.tarn.flight;

import org.jspecify.annotations.NullMarked;
