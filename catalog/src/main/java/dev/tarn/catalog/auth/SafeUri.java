package dev.tarn.catalog.auth;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Addresses that keys may come from: nobody can change what https brings, nor what stays on this machine. */
final class SafeUri {
    private SafeUri() {}

    /**
     * The same address.
     *
     * @throws TarnException REFUSED if it is neither https nor on loopback, or holds a password
     */
    static URI checked(URI uri) {
        boolean isHttps = "https".equals(uri.getScheme());
        boolean isLocal = "http".equals(uri.getScheme()) && uri.getHost() != null && isLoopback(uri.getHost());
        if (uri.getHost() == null || uri.getUserInfo() != null || !(isHttps || isLocal)) {
            throw new TarnException(
                    ErrorKind.REFUSED, "Keys must come by https, or from loopback, but not from '%s'".formatted(uri));
        }
        return uri;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
