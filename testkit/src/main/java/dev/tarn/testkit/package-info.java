@NullMarked
package dev.tarn.testkit;

import org.jspecify.annotations.NullMarked;
