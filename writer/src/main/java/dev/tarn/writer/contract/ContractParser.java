package dev.tarn.writer.contract;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads contracts: the Open Data Contract Standard 3 and the data contract specification 0.9 and 1, in YAML or JSON. Size,
 * depth and parts of a file are bounded, and aliases are refused. Stateless.
 */
public final class ContractParser {
    private ContractParser() {}

    /** What happens to keys that no standard knows or that nothing here enforces. */
    public enum Mode {
        /** They are warnings. */
        LENIENT,
        /** They are errors. */
        STRICT
    }

    /**
     * Reads a contract that has to be usable.
     *
     * @param name of the file, for messages
     * @throws TarnException INVALID with the first errors and their lines
     */
    public static Contract parse(String name, byte[] bytes, Mode mode) {
        ContractLint lint = lint(bytes);
        List<LintFinding> faults = mode == Mode.STRICT ? lint.findings() : lint.errors();
        Optional<Contract> contract = lint.contract();
        if (!faults.isEmpty() || contract.isEmpty()) {
            List<String> first =
                    faults.stream().limit(3).map(LintFinding::describe).toList();
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Contract %s has %d faults: %s".formatted(name, faults.size(), String.join("; ", first)));
        }
        return contract.get();
    }

    /** Reads a contract and says everything that is wrong or not enforced; never fails for what is in the file. */
    public static ContractLint lint(byte[] bytes) {
        List<LintFinding> findings = new ArrayList<>();
        DocumentNode root;
        try {
            root = ContractDocument.read(bytes);
        } catch (ContractDocument.Unreadable e) {
            String message = String.valueOf(e.getMessage());
            return new ContractLint(Optional.empty(), List.of(new LintFinding(Severity.ERROR, e.line(), "", message)));
        }
        Optional<Contract> contract = read(root, HexFormat.of().formatHex(Sha256.of(bytes)), findings);
        findings.sort(Comparator.comparingInt(LintFinding::line));
        boolean broken = findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
        return new ContractLint(broken ? Optional.empty() : contract, findings);
    }

    private static Optional<Contract> read(DocumentNode root, String hash, List<LintFinding> findings) {
        if (root.kind() != DocumentNode.Kind.MAP) {
            findings.add(new LintFinding(Severity.ERROR, root.line(), "", "a contract is a map of keys"));
            return Optional.empty();
        }
        Section top = Section.root(root, findings);
        try {
            if (top.has("dataContractSpecification")) {
                return Optional.of(new SpecificationParser(top).read(hash));
            }
            if (top.has("apiVersion") || top.text("kind", "").equals("DataContract")) {
                return Optional.of(new OdcsParser(top).read(hash));
            }
        } catch (IllegalArgumentException e) {
            // A record refused what the parsers let through: still a fault of the file, not of this program.
            top.error(root.line(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        top.error(
                root.line(),
                "the key 'apiVersion' (Open Data Contract Standard) or 'dataContractSpecification' is missing");
        return Optional.empty();
    }
}
