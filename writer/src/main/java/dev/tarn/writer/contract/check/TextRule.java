package dev.tarn.writer.contract.check;

/** What one text has to fulfil, whatever row it is in. Confined to one thread. */
@FunctionalInterface
interface TextRule {
    /**
     * Whether a text is as it should be.
     *
     * @param bytes the text in UTF-8 from {@code start} on, with room for one word after it
     */
    boolean isKept(byte[] bytes, int start, int length);
}
