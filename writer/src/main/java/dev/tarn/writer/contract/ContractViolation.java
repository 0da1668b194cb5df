package dev.tarn.writer.contract;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** Rows were refused because they do not keep a contract; nothing was committed. Carries the report. */
public final class ContractViolation extends TarnException {
    private static final long serialVersionUID = 1L;

    private final transient ContractReport report;

    /** For a report with violations. */
    public ContractViolation(ContractReport report) {
        super(ErrorKind.INVALID, report.describeViolations());
        this.report = report;
    }

    /** All rules with their outcomes. */
    public ContractReport report() {
        return report;
    }
}
