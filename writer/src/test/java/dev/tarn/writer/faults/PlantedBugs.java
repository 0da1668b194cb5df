package dev.tarn.writer.faults;

import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.files.FileLimits;
import dev.tarn.writer.files.PartitionedFileWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;

/** Writers as one would write them first. Each has one bug, which the histories must find. */
final class PlantedBugs {
    private PlantedBugs() {}

    static Sink checksTokenBeforeTheCommit(Table table, Random random) {
        return new NaiveSink(table) {
            @Override
            void commit(List<DataFile> files, ProducerToken token) {
                for (int attempt = 0; ; attempt++) {
                    try {
                        append(files, token);
                        return;
                    } catch (RuntimeException e) {
                        if (attempt == 3) {
                            throw e;
                        }
                    }
                }
            }
        };
    }

    static Sink deletesFilesAfterUnknown(Table table, Random random) {
        return new NaiveSink(table) {
            @Override
            void commit(List<DataFile> files, ProducerToken token) {
                try {
                    append(files, token);
                } catch (RuntimeException e) {
                    reported.addAll(FileCleanup.delete(table.io(), locations(files)));
                    throw e;
                }
            }
        };
    }

    static Sink goesOnAfterAFailure(Table table, Random random) {
        return new NaiveSink(table) {
            @Override
            void commit(List<DataFile> files, ProducerToken token) {
                try {
                    append(files, token);
                } catch (RuntimeException e) {
                    // "It will be fine": the next batch carries a higher token over the hole.
                    reported.addAll(locations(files));
                }
            }
        };
    }

    static Sink forgetsItsFiles(Table table, Random random) {
        return new NaiveSink(table) {
            @Override
            void commit(List<DataFile> files, ProducerToken token) {
                try {
                    append(files, token);
                } catch (CommitStateUnknownException e) {
                    reported.addAll(locations(files));
                    throw e;
                }
            }
        };
    }

    /** One commit for each batch, with its token in the summary, looked at before the commit. */
    private abstract static class NaiveSink implements Sink {
        final Table table;
        final List<String> reported = new ArrayList<>();

        NaiveSink(Table table) {
            this.table = table;
        }

        abstract void commit(List<DataFile> files, ProducerToken token);

        void append(List<DataFile> files, ProducerToken token) {
            AppendFiles append = table.newAppend();
            files.forEach(append::appendFile);
            ProducerTokens.of(table, "main")
                    .forEach((producer, known) -> append.set(
                            ProducerTokens.SUMMARY_PREFIX + producer, known.epoch() + ":" + known.sequence()));
            append.set(ProducerTokens.SUMMARY_PREFIX + token.producer(), token.epoch() + ":" + token.sequence())
                    .commit();
        }

        static List<String> locations(List<DataFile> files) {
            return files.stream().map(DataFile::location).toList();
        }

        @Override
        public CompletableFuture<?> offer(VectorSchemaRoot batch, String producer, long position) {
            ProducerToken token = new ProducerToken(producer, 0, position);
            try (PartitionedFileWriter writer = new PartitionedFileWriter(table, FileLimits.of(table))) {
                writer.write(batch);
                commit(writer.complete(), token);
                return CompletableFuture.completedFuture(position);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public long resume(String producer) {
            table.refresh();
            return ProducerTokens.of(table, "main", producer)
                    .map(ProducerToken::sequence)
                    .orElse(0L);
        }

        @Override
        public void flush() {}

        @Override
        public List<String> leftovers() {
            return reported;
        }

        @Override
        public void drop() {}
    }
}
