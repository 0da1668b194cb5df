package dev.tarn.writer.copy;

/** Hears how a load goes, on the thread that loads. */
public interface CopyProgress {
    /** Hears nothing. */
    CopyProgress NONE = new CopyProgress() {
        @Override
        public void fileStarted(String location, int number, int files) {}

        @Override
        public void rowsRead(long rows) {}
    };

    /**
     * A file is being read from now on.
     *
     * @param number counted from 1
     * @param files how many there are
     */
    void fileStarted(String location, int number, int files);

    /** A batch was read; {@code rows} counts all rows so far. */
    void rowsRead(long rows);
}
