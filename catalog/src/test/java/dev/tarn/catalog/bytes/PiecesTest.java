package dev.tarn.catalog.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class PiecesTest {
    @Test
    void theGzipFormIsOneMemberThatHoldsAllPieces() throws IOException, DataFormatException {
        Random random = new Random(7);
        for (int count = 0; count < 40; count++) {
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[random.nextInt(20_000)];
                random.nextBytes(bytes);
                pieces.add(
                        random.nextBoolean() ? Piece.of(bytes) : Piece.of("{\"same\":1},".repeat(bytes.length / 11)));
            }
            Pieces body = Pieces.of(pieces);

            byte[] gzip = joined(body.gzip());

            assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
                    .isEqualTo(body.toByteArray());
            assertSingleMember(gzip, body.toByteArray());
        }
    }

    @Test
    void aPieceOfTwoBodiesIsCompressedOnce() {
        Piece shared = Piece.of("shared ".repeat(1_000));
        Pieces first = Pieces.of(List.of(Piece.of("a"), shared));
        Pieces second = Pieces.of(List.of(shared, Piece.of("b")));

        assertThat(second.gzip().get(1)).isSameAs(first.gzip().get(2));
        assertThat(second.isCompressed()).isTrue();
    }

    @Test
    void aSmallBodyIsJoinedAndALargeOneIsNot() {
        Pieces small = Pieces.of(List.of(Piece.of("a"), Piece.of("b")));
        Pieces large = Pieces.of(List.of(Piece.of("a"), Piece.of(new byte[100_000])));

        assertThat(small.joinedIfSmall().plain()).containsExactly(new byte[] {'a', 'b'});
        assertThat(large.joinedIfSmall()).isSameAs(large);
        assertThat(large.length()).isEqualTo(100_001);
    }

    /** As clients do that stop behind the first member. */
    private static void assertSingleMember(byte[] gzip, byte[] expected) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        inflater.setInput(gzip, 10, gzip.length - 10);
        byte[] plain = new byte[expected.length];
        int length = 0;
        while (!inflater.finished()) {
            length += inflater.inflate(plain, length, plain.length - length);
        }
        assertThat(length).isEqualTo(expected.length);
        assertThat(inflater.getRemaining()).isEqualTo(8);
        assertThat(plain).isEqualTo(expected);
        inflater.end();
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
