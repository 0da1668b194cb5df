package dev.tarn.writer.contract.gate;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.ingest.WriteContext;
import dev.tarn.writer.ingest.WriteGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;

/** The way from a contract, or from a table that names one, to the gates of its loads. Stateless. */
public final class Contracts {
    /** Table property with the location of the contract's file, which the file IO of the table reads. */
    public static final String LOCATION_PROPERTY = "tarn.contract";

    /** Table property with the text of the contract itself, instead of its location. */
    public static final String TEXT_PROPERTY = "tarn.contract.text";

    /** Table property with the SHA-256 that the contract's file must have; where absent, any content will do. */
    public static final String HASH_PROPERTY = "tarn.contract.sha256";

    /** Table property with the version that the contract must have; where absent, any will do. */
    public static final String VERSION_PROPERTY = "tarn.contract.version";

    /** As many bytes as the parser reads. */
    private static final int MAX_BYTES = 4 << 20;

    private Contracts() {}

    /**
     * A gate that holds every call to a contract.
     *
     * @param contract has the table among its tables, under its name or as the only one
     */
    public static WriteGate.Factory gate(Contract contract, ContractOptions options) {
        return new WriteGate.Factory() {
            @Override
            public WriteGate open(Table table) {
                return open(table, WriteContext.plainAppend());
            }

            @Override
            public WriteGate open(Table table, WriteContext context) {
                return ContractGate.open(contract, table, context, options);
            }
        };
    }

    /**
     * The gates for the contract that a table is bound to; none if it is bound to none.
     *
     * @throws TarnException as {@link #bound}
     */
    public static List<WriteGate.Factory> gatesFor(Table table, ContractOptions options) {
        return bound(table).map(contract -> List.of(gate(contract, options))).orElse(List.of());
    }

    /**
     * The contract that a table is bound to by its properties.
     *
     * @throws TarnException NOT_FOUND if its file is gone, INVALID if it is no contract, REFUSED if it has another hash or
     *     version than the table wants
     */
    public static Optional<Contract> bound(Table table) {
        Map<String, String> properties = table.properties();
        String location = properties.get(LOCATION_PROPERTY);
        String text = properties.get(TEXT_PROPERTY);
        Contract contract;
        if (text != null) {
            contract = parse("in the properties of table " + table.name(), text.getBytes(StandardCharsets.UTF_8));
        } else if (location != null) {
            contract = parse(location, read(table.io(), location, table.name()));
        } else {
            return Optional.empty();
        }
        require(table, HASH_PROPERTY, contract.hash());
        require(table, VERSION_PROPERTY, contract.version());
        return Optional.of(contract);
    }

    private static Contract parse(String name, byte[] bytes) {
        return ContractParser.parse(name, bytes, ContractParser.Mode.LENIENT);
    }

    private static void require(Table table, String property, String found) {
        String expected = table.properties().get(property);
        if (expected != null && !expected.equals(found)) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Table %s wants a contract with %s=%s but found %s; bind the table to the contract that is meant"
                            .formatted(table.name(), property, expected, found));
        }
    }

    private static byte[] read(FileIO io, String location, String table) {
        try (SeekableInputStream stream = io.newInputFile(location).newStream()) {
            return stream.readNBytes(MAX_BYTES + 1);
        } catch (NotFoundException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The contract %s of table %s does not exist; nothing was written".formatted(location, table),
                    e);
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The contract %s of table %s cannot be read: %s".formatted(location, table, e.getMessage()),
                    e);
        }
    }
}
