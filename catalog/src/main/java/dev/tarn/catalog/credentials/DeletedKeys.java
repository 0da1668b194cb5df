package dev.tarn.catalog.credentials;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * Reads the body of a request that deletes many objects. The form is taken so strictly that the store cannot understand it
 * in another way: no DTD, no comments, one key for each object, UTF-8.
 */
final class DeletedKeys {
    /** What the store takes in one request. */
    private static final int MAX_KEYS = 1_000;

    /** Room for as many keys of the greatest length, with every character escaped. */
    private static final int MAX_LENGTH = 8 << 20;

    private DeletedKeys() {}

    /**
     * The keys, at least one.
     *
     * @throws BadRequestException if the body is anything but a list of keys
     */
    static List<String> parse(String body) {
        if (body.isEmpty() || body.length() > MAX_LENGTH) {
            throw new BadRequestException(
                    "A deletion of many objects must come with its body, of at most %s characters", MAX_LENGTH);
        }
        try {
            XMLStreamReader reader = factory().createXMLStreamReader(new StringReader(body));
            try {
                return read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw new BadRequestException(e, "The body of the deletion is no XML that the catalog takes");
        }
    }

    private static List<String> read(XMLStreamReader reader) throws XMLStreamException {
        String declared = reader.getCharacterEncodingScheme();
        if (declared != null && !declared.toUpperCase(Locale.ROOT).equals("UTF-8")) {
            throw new BadRequestException("The body of the deletion must be UTF-8");
        }
        List<String> keys = new ArrayList<>();
        start(reader, "Delete");
        while (next(reader) == XMLStreamConstants.START_ELEMENT) {
            if (reader.getLocalName().equals("Quiet")) {
                checkPlain(reader);
                String unused = reader.getElementText();
                continue;
            }
            checkElement(reader, "Object");
            start(reader, "Key");
            keys.add(text(reader));
            if (next(reader) != XMLStreamConstants.END_ELEMENT) {
                throw new BadRequestException("An object to delete must be named by its key alone");
            }
        }
        if (next(reader) != XMLStreamConstants.END_DOCUMENT || keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new BadRequestException("A deletion must name from 1 to %s keys", MAX_KEYS);
        }
        return keys;
    }

    private static void start(XMLStreamReader reader, String name) throws XMLStreamException {
        if (next(reader) != XMLStreamConstants.START_ELEMENT) {
            throw new BadRequestException("The body of the deletion lacks the element '%s'", name);
        }
        checkElement(reader, name);
    }

    private static void checkElement(XMLStreamReader reader, String name) {
        if (!reader.getLocalName().equals(name)) {
            throw new BadRequestException(
                    "The body of the deletion must not hold the element '%s'", reader.getLocalName());
        }
        checkPlain(reader);
    }

    private static void checkPlain(XMLStreamReader reader) {
        if (reader.getAttributeCount() > 0
                || !(reader.getPrefix() == null || reader.getPrefix().isEmpty())) {
            throw new BadRequestException("The body of the deletion must not hold attributes or prefixes");
        }
    }

    /** The text of an element that holds nothing else. */
    private static String text(XMLStreamReader reader) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        int event = reader.next();
        while (event == XMLStreamConstants.CHARACTERS) {
            text.append(reader.getText());
            event = reader.next();
        }
        if (event != XMLStreamConstants.END_ELEMENT) {
            throw new BadRequestException("A key to delete must be plain text");
        }
        return text.toString();
    }

    /** The next event that is no white space. */
    private static int next(XMLStreamReader reader) throws XMLStreamException {
        int event = reader.next();
        while (event == XMLStreamConstants.SPACE
                || (event == XMLStreamConstants.CHARACTERS && reader.getText().isBlank())) {
            event = reader.next();
        }
        if (event == XMLStreamConstants.START_ELEMENT
                || event == XMLStreamConstants.END_ELEMENT
                || event == XMLStreamConstants.END_DOCUMENT) {
            return event;
        }
        throw new BadRequestException("The body of the deletion must hold nothing but elements");
    }

    private static XMLInputFactory factory() {
        // The JDK's own: another one on the class path may keep the limits below in another way.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        return factory;
    }
}
