package dev.tarn.writer.contract;

import java.util.List;
import java.util.Optional;

/**
 * A contract's file as read, with everything that its author should know.
 *
 * @param contract what was understood; absent if there are errors
 * @param findings in the order of their lines
 */
public record ContractLint(Optional<Contract> contract, List<LintFinding> findings) {
    /** Copies the findings. */
    public ContractLint {
        findings = List.copyOf(findings);
    }

    /** The findings that make the contract unusable. */
    public List<LintFinding> errors() {
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }
}
