package dev.tarn.catalog.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client may still be sending: says that no more answers come, passes over what arrives, and closes
 * when the client does or its time is over. A socket that is closed with unread bytes in it is reset, and a reset takes the
 * answer from the client that has not read it yet. Nothing that arrives from now on is looked at. Confined to the event
 * loop of its channel.
 */
final class LingeringClose extends ChannelDuplexHandler {
    /** Enough for an answer to arrive on any network; a client that goes on sending gets no more than this. */
    private static final long MILLIS = 1_000;

    private boolean closing;

    /** Makes the next close of a channel a lingering one. */
    static void on(Channel channel) {
        if (channel.pipeline().get(LingeringClose.class) == null) {
            channel.pipeline().addFirst("linger", new LingeringClose());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (closing || !context.channel().isActive() || !(context.channel() instanceof SocketChannel socket)) {
            var unused = context.close(promise);
            return;
        }
        closing = true;
        var unusedShutdown = socket.shutdownOutput();
        socket.config().setAutoRead(true);
        ScheduledFuture<?> timer = context.executor()
                .schedule(
                        () -> {
                            var unused = context.close(promise);
                        },
                        MILLIS,
                        TimeUnit.MILLISECONDS);
        var unusedListener = context.channel().closeFuture().addListener(closed -> {
            timer.cancel(false);
            promise.trySuccess();
        });
    }
}
