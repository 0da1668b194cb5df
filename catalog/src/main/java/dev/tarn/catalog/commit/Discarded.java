package dev.tarn.catalog.commit;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.base.GeneratorBase;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Takes JSON and makes nothing of it: for what is already there as bytes. Not thread-safe. */
final class Discarded extends GeneratorBase {
    /** Never asked, since nothing here writes an object by its class. */
    private static final ObjectCodec CODEC = new ObjectMapper();

    Discarded() {
        super(
                0,
                CODEC,
                new IOContext(
                        StreamReadConstraints.defaults(),
                        StreamWriteConstraints.defaults(),
                        ErrorReportConfiguration.defaults(),
                        new BufferRecycler(),
                        ContentReference.unknown(),
                        false));
    }

    @Override
    public void writeStartArray() {}

    @Override
    public void writeEndArray() {}

    @Override
    public void writeStartObject() {}

    @Override
    public void writeEndObject() {}

    @Override
    public void writeFieldName(String name) {}

    @Override
    public void writeFieldName(SerializableString name) {}

    @Override
    public void writeString(String text) {}

    @Override
    public void writeString(char[] buffer, int offset, int length) {}

    @Override
    public void writeRawUTF8String(byte[] buffer, int offset, int length) {}

    @Override
    public void writeUTF8String(byte[] buffer, int offset, int length) {}

    @Override
    public void writeRaw(String text) {}

    @Override
    public void writeRaw(String text, int offset, int length) {}

    @Override
    public void writeRaw(char[] text, int offset, int length) {}

    @Override
    public void writeRaw(char c) {}

    @Override
    public void writeBinary(Base64Variant variant, byte[] data, int offset, int length) {}

    @Override
    public void writeNumber(int value) {}

    @Override
    public void writeNumber(long value) {}

    @Override
    public void writeNumber(BigInteger value) {}

    @Override
    public void writeNumber(double value) {}

    @Override
    public void writeNumber(float value) {}

    @Override
    public void writeNumber(BigDecimal value) {}

    @Override
    public void writeNumber(String encodedValue) {}

    @Override
    public void writeBoolean(boolean value) {}

    @Override
    public void writeNull() {}

    @Override
    public void flush() {}

    @Override
    protected void _releaseBuffers() {}

    @Override
    protected void _verifyValueWrite(String what) {}
}
