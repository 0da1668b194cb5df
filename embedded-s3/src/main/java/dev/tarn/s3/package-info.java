@NullMarked
package dev.tarn.s3;

import org.jspecify.annotations.NullMarked;
