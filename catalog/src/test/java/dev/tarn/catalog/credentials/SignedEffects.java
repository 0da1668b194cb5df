package dev.tarn.catalog.credentials;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a signed request does to which object, as a store decides it that is lenient in every way: it percent-decodes once
 * and takes whatever comes. It knows nothing of how the catalog decides.
 */
final class SignedEffects {
    private SignedEffects() {}

    /** One thing that the request does. */
    record Effect(String action, String bucket, String key) {}

    static List<Effect> of(String method, RequestSigner.Signed signed, String body) {
        URI uri = signed.uri();
        String path = lenient(uri.getRawPath()).substring(1);
        String bucket = path.contains("/") ? path.substring(0, path.indexOf('/')) : path;
        String key = path.contains("/") ? path.substring(path.indexOf('/') + 1) : "";
        Map<String, String> query = new TreeMap<>();
        String raw = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        for (String pair : raw.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                query.put(lenient(parts[0]), parts.length < 2 ? "" : lenient(parts[1]));
            }
        }
        List<Effect> effects = new ArrayList<>();
        for (String odd : List.of(
                "acl",
                "policy",
                "tagging",
                "versions",
                "versionId",
                "website",
                "retention",
                "legal-hold",
                "cors",
                "lifecycle",
                "torrent",
                "restore",
                "select",
                "attributes",
                "location",
                "logging")) {
            if (query.containsKey(odd)) {
                effects.add(new Effect("odd " + odd, bucket, key));
            }
        }
        signed.headers().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("x-amz-copy-source")) {
                String source = lenient(values.get(0)).replaceFirst("^/", "");
                int slash = source.indexOf('/');
                effects.add(new Effect(
                        "read", slash < 0 ? source : source.substring(0, slash), source.substring(slash + 1)));
            } else if (lower.startsWith("x-amz-acl")
                    || lower.startsWith("x-amz-grant")
                    || lower.startsWith("x-amz-tagging")
                    || lower.startsWith("x-amz-object-lock")
                    || lower.startsWith("x-amz-website")
                    || lower.startsWith("x-amz-bypass")) {
                effects.add(new Effect("odd " + lower, bucket, key));
            }
        });
        if (query.containsKey("delete") && method.equals("POST")) {
            keys(body).forEach(deleted -> effects.add(new Effect("write", bucket, deleted)));
        } else if (key.isEmpty()) {
            boolean list = method.equals("GET") && query.containsKey("list-type");
            effects.add(new Effect(list ? "list" : "odd " + method, bucket, query.getOrDefault("prefix", "")));
        } else {
            boolean read = method.equals("GET") || method.equals("HEAD");
            effects.add(new Effect(read ? "read" : "write", bucket, key));
        }
        return effects;
    }

    /** Whether the signature is the one of exactly the request that the catalog gave back. */
    static boolean isSignatureOf(String method, RequestSigner.Signed signed, String body, String secret) {
        String authorization = header(signed, "authorization");
        String scope = between(authorization, "Credential=", ",");
        String[] names = between(authorization, "SignedHeaders=", ",").split(";", -1);
        StringBuilder canonical = new StringBuilder(method)
                .append('\n')
                .append(signed.uri().getRawPath())
                .append('\n')
                .append(signed.uri().getRawQuery() == null ? "" : signed.uri().getRawQuery())
                .append('\n');
        for (String name : names) {
            canonical
                    .append(name)
                    .append(':')
                    .append(header(signed, name).strip().replaceAll(" +", " "))
                    .append('\n');
        }
        String payload = header(signed, "x-amz-content-sha256");
        canonical.append('\n').append(String.join(";", names)).append('\n').append(payload);
        if (!payload.equals("UNSIGNED-PAYLOAD") && !payload.equals(sha256(body))) {
            return false;
        }
        String[] parts = scope.split("/", -1);
        String credentialScope = String.join("/", List.of(parts).subList(1, parts.length));
        String toSign = "AWS4-HMAC-SHA256\n" + header(signed, "x-amz-date") + "\n" + credentialScope + "\n"
                + sha256(canonical.toString());
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < parts.length; i++) {
            key = hmac(key, parts[i]);
        }
        return authorization.endsWith("Signature=" + HexFormat.of().formatHex(hmac(key, toSign)));
    }

    private static String header(RequestSigner.Signed signed, String name) {
        return signed.headers().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> String.join(",", header.getValue()))
                .findFirst()
                .orElse("");
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> keys(String body) {
        try {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
            List<String> keys = new ArrayList<>();
            NodeList all = document.getElementsByTagName("*");
            for (int i = 0; i < all.getLength(); i++) {
                String name = all.item(i).getNodeName();
                if (name.substring(name.indexOf(':') + 1).equalsIgnoreCase("key")) {
                    keys.add(all.item(i).getTextContent());
                }
            }
            return keys;
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException("A body was signed that is no XML: " + body, e);
        }
    }

    private static String lenient(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '%' && i + 2 < raw.length()) {
                bytes.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.writeBytes(String.valueOf(raw.charAt(i)).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
