package dev.tarn.catalog.commit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import dev.tarn.catalog.bytes.Piece;
import dev.tarn.catalog.bytes.Pieces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a JSON object and sends the elements of some of its arrays elsewhere, so that they can be taken over from an earlier
 * version instead of being written. What remains is a small object with empty arrays, which is cut where the elements
 * belong. Not thread-safe.
 */
final class SplicingGenerator extends JsonGeneratorDelegate {
    private static final JsonFactory FACTORY = factory().build();

    private final ByteArrayOutputStream rest;
    private final JsonGenerator restGenerator;
    private final Map<String, ChunkedList.Writer> lists;
    private final List<Cut> cuts = new ArrayList<>();
    private String field = "";
    private int depth;
    private ChunkedList.@Nullable Writer list;

    private record Cut(int position, ChunkedList.Writer list) {}

    /**
     * A generator for one object.
     *
     * @param lists by the names of those fields of the root whose elements, all objects, go elsewhere
     */
    SplicingGenerator(Map<String, ChunkedList.Writer> lists) throws IOException {
        this(lists, new ByteArrayOutputStream(1 << 14));
    }

    private SplicingGenerator(Map<String, ChunkedList.Writer> lists, ByteArrayOutputStream rest) throws IOException {
        super(FACTORY.createGenerator(rest), false);
        this.lists = Map.copyOf(lists);
        this.rest = rest;
        this.restGenerator = delegate;
    }

    /** Makes generators that write characters beyond the basic plane as UTF-8, as those do that write to text. */
    static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
    }

    /** The whole object. */
    Pieces finish() throws IOException {
        restGenerator.close();
        byte[] bytes = rest.toByteArray();
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (Cut cut : cuts) {
            pieces.add(Piece.of(Arrays.copyOfRange(bytes, from, cut.position())));
            pieces.addAll(cut.list().pieces());
            from = cut.position();
        }
        pieces.add(Piece.of(Arrays.copyOfRange(bytes, from, bytes.length)));
        return Pieces.of(pieces);
    }

    @Override
    public void writeFieldName(String name) throws IOException {
        if (depth == 1) {
            field = name;
        }
        delegate.writeFieldName(name);
    }

    @Override
    public void writeFieldName(SerializableString name) throws IOException {
        writeFieldName(name.getValue());
    }

    @Override
    public void writeStartArray() throws IOException {
        delegate.writeStartArray();
        ChunkedList.Writer found = depth == 1 ? lists.get(field) : null;
        if (found != null) {
            restGenerator.flush();
            cuts.add(new Cut(rest.size(), found));
            list = found;
        }
        depth++;
    }

    @Override
    public void writeStartArray(Object forValue) throws IOException {
        writeStartArray();
    }

    @Override
    public void writeStartArray(Object forValue, int size) throws IOException {
        writeStartArray();
    }

    @Override
    public void writeEndArray() throws IOException {
        depth--;
        if (list != null && depth == 1) {
            list.finish();
            list = null;
        }
        delegate.writeEndArray();
    }

    @Override
    public void writeStartObject() throws IOException {
        if (list != null && depth == 2) {
            delegate = list.begin();
        }
        delegate.writeStartObject();
        depth++;
    }

    @Override
    public void writeStartObject(Object forValue) throws IOException {
        writeStartObject();
    }

    @Override
    public void writeStartObject(Object forValue, int size) throws IOException {
        writeStartObject();
    }

    @Override
    public void writeEndObject() throws IOException {
        depth--;
        delegate.writeEndObject();
        if (list != null && depth == 2) {
            list.end();
            delegate = restGenerator;
        }
    }
}
