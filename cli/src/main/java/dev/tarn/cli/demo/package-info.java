/**
 * The main job on real data, step by step: each step does one thing through the doors that users have, and then checks its
 * own result with a query through the Flight SQL client.
 *
 * <p>Start reading at {@link dev.tarn.cli.demo.Demo}.
 */
@NullMarked
package dev.tarn.cli.demo;

import org.jspecify.annotations.NullMarked;
