package dev.tarn.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;

/** The flights that ship with Tarn: one Parquet file per month from January to June 2001, without field ids. */
final class DemoFlights {
    /** How many months there are. */
    static final int MONTHS = 6;

    private static final Schema FILE = new Schema(
            Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(2, "delay", Types.IntegerType.get()),
            Types.NestedField.optional(3, "distance", Types.IntegerType.get()),
            Types.NestedField.optional(4, "origin", Types.StringType.get()),
            Types.NestedField.optional(5, "destination", Types.StringType.get()));

    private final Path folder;
    private long nextId;

    /**
     * One flight.
     *
     * @param id a number that the demo gives, unique over all files that one object read
     * @param date departure, local time
     * @param delay minutes late
     * @param distance miles
     * @param origin airport code
     * @param destination airport code
     */
    record Flight(long id, LocalDateTime date, int delay, int distance, String origin, String destination) {}

    /**
     * Reads through files that are unpacked into a folder.
     *
     * @param folder exists, and is deleted by whoever made it
     */
    DemoFlights(Path folder) {
        this.folder = folder;
    }

    /** All flights of a month, 1 to {@link #MONTHS}, in the order of the file. */
    List<Flight> month(int month) {
        Path file = unpack("flights-2001-%02d.parquet".formatted(month));
        List<Flight> flights = new ArrayList<>();
        try (CloseableIterable<Record> rows = Parquet.read(org.apache.iceberg.Files.localInput(file.toFile()))
                .project(FILE)
                .withNameMapping(MappingUtil.create(FILE))
                .createReaderFunc(fileSchema -> GenericParquetReaders.buildReader(FILE, fileSchema))
                .build()) {
            for (Record row : rows) {
                flights.add(flight(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the demo file " + file, e);
        }
        return flights;
    }

    static Totals totals(List<Flight> flights) {
        long delay = 0;
        long distance = 0;
        for (Flight flight : flights) {
            delay += flight.delay();
            distance += flight.distance();
        }
        return new Totals(flights.size(), delay, distance);
    }

    private Flight flight(Record row) {
        return new Flight(
                nextId++,
                row.get(0, LocalDateTime.class),
                row.get(1, Integer.class),
                row.get(2, Integer.class),
                row.get(3, String.class),
                row.get(4, String.class));
    }

    private Path unpack(String name) {
        Path file = folder.resolve(name);
        try (InputStream in = DemoFlights.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The demo file %s is not on the class path".formatted(name));
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot unpack the demo file into " + file, e);
        }
    }
}
