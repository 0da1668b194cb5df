package dev.tarn.catalog.credentials;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Writes the policy that narrows a session down to the prefixes of one table. Characters that a policy gives a meaning are
 * written as the policy variables that stand for themselves, so that a location can never become a pattern.
 */
final class SessionPolicy {
    /** Longest inline policy that AWS takes, before it packs it. */
    static final int MAX_LENGTH = 2_048;

    private static final List<String> READ = List.of("s3:GetObject");

    private static final List<String> WRITE = List.of(
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts");

    private static final ObjectMapper JSON = new ObjectMapper();

    private SessionPolicy() {}

    /**
     * The policy as JSON.
     *
     * @param partition of AWS, {@code aws} for other stores
     */
    static String of(TablePrefixes table, TableAccess access, String partition) {
        String bucket = "arn:" + partition + ":s3:::" + literal(table.bucket());
        ObjectNode policy = JSON.createObjectNode().put("Version", "2012-10-17");
        ArrayNode statements = policy.putArray("Statement");
        ObjectNode objects = statements.addObject().put("Effect", "Allow");
        ArrayNode actions = objects.putArray("Action");
        (access == TableAccess.WRITE ? WRITE : READ).forEach(actions::add);
        ArrayNode resources = objects.putArray("Resource");
        ObjectNode listing = statements
                .addObject()
                .put("Effect", "Allow")
                .put("Action", "s3:ListBucket")
                .put("Resource", bucket);
        ArrayNode prefixes =
                listing.putObject("Condition").putObject("StringLike").putArray("s3:prefix");
        for (String key : table.keys()) {
            resources.add(bucket + "/" + literal(key) + "*");
            prefixes.add(literal(key) + "*");
        }
        return policy.toString();
    }

    private static String literal(String text) {
        StringBuilder literal = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*' || c == '?' || c == '$') {
                literal.append("${").append(c).append('}');
            } else {
                literal.append(c);
            }
        }
        return literal.toString();
    }
}
