package dev.tarn.catalog.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * Refuses what two servers in a row could understand in two ways: a body with two lengths, and a header that goes on in the
 * next line. It also knows since when a request head is coming in. Confined to the connection's event loop, but for
 * {@link #headSinceNanos}.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private boolean isInHead = true;
    private boolean isBroken;
    private byte last;
    private volatile long headSinceNanos;

    StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** {@link System#nanoTime} when the first part of a head came whose rest is missing; 0 if none is missing. */
    long headSinceNanos() {
        return headSinceNanos;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) throws Exception {
        if (isBroken) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (isInHead && isFolded(buffer)) {
            isBroken = true;
            buffer.skipBytes(buffer.readableBytes());
            HttpMessage refused = createInvalidMessage();
            refused.setDecoderResult(
                    DecoderResult.failure(new IllegalArgumentException("a header goes on in the next line")));
            out.add(refused);
            return;
        }
        int before = buffer.readerIndex();
        super.decode(context, buffer, out);
        if (isInHead && buffer.readerIndex() > before) {
            last = buffer.getByte(buffer.readerIndex() - 1);
        }
        follow(out);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("the body has two lengths: Content-Length and Transfer-Encoding");
    }

    /** Whether a line of the head begins with a blank; looks at the bytes up to the end of the head. */
    private boolean isFolded(ByteBuf buffer) {
        byte previous = last;
        boolean emptyLine = false;
        for (int i = buffer.readerIndex(); i < buffer.writerIndex(); i++) {
            byte b = buffer.getByte(i);
            if (previous == '\n' && (b == ' ' || b == '\t')) {
                return true;
            }
            if (b == '\n') {
                if (emptyLine) {
                    return false;
                }
                emptyLine = true;
            } else if (b != '\r') {
                emptyLine = false;
            }
            previous = b;
        }
        return false;
    }

    private void follow(List<Object> out) {
        for (Object message : out) {
            if (message instanceof LastHttpContent) {
                isInHead = true;
                last = 0;
                headSinceNanos = 0;
            } else if (message instanceof HttpMessage) {
                isInHead = false;
                headSinceNanos = 0;
            }
        }
        if (out.isEmpty() && isInHead && headSinceNanos == 0) {
            headSinceNanos = Math.max(1, System.nanoTime());
        }
    }
}
