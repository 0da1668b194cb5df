@NullMarked
package dev.tarn.maintenance;

import org.jspecify.annotations.NullMarked;
