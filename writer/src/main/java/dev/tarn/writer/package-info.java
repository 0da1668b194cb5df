@NullMarked
package dev.tarn.writer;

import org.jspecify.annotations.NullMarked;
