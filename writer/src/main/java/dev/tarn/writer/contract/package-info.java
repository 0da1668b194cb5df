/**
 * Data contracts: the files that state them, the one model that they become, and the report of how data kept them. Files of
 * the Open Data Contract Standard 3 and of the data contract specification are read with the line of every fault; what has
 * no rule here is named, never dropped silently. Nothing here reads data: {@code check} looks at batches, {@code gate} stands
 * before commits.
 *
 * <p>Start reading at {@link dev.tarn.writer.contract.ContractParser}.
 */
@NullMarked
package dev.tarn.writer.contract;

import org.jspecify.annotations.NullMarked;
