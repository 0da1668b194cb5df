package dev.tarn.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedS3Test {
    private static final String ID = "test-id";
    private static final Secret SECRET = Secret.of("test-secret");
    private static final int WRITERS = 16;
    private static final int ROUNDS = 10;
    private static final int PART_BYTES = 5 * 1024 * 1024;

    enum Kind {
        FOLDER,
        MEMORY
    }

    private Path folder;

    private EmbeddedS3 inFolder;
    private EmbeddedS3 inMemory;

    @BeforeAll
    void start(@TempDir Path shared) {
        folder = shared;
        inFolder = EmbeddedS3.start(EmbeddedS3Options.inFolder(folder.resolve("s3"), ID, SECRET));
        inMemory = EmbeddedS3.start(EmbeddedS3Options.inMemory(ID, SECRET));
        inFolder.createBucket("lake");
        inMemory.createBucket("lake");
    }

    @AfterAll
    void stop() {
        inMemory.close();
        inFolder.close();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void keepsObjects(Kind kind) {
        try (S3Client client = client(kind)) {
            put(client, "kept/a", "hello world");
            put(client, "kept/b", "x");

            String range = client.getObjectAsBytes(
                            r -> r.bucket("lake").key("kept/a").range("bytes=6-10"))
                    .asUtf8String();
            List<String> keys = client.listObjectsV2(r -> r.bucket("lake").prefix("kept/")).contents().stream()
                    .map(S3Object::key)
                    .toList();
            client.deleteObject(r -> r.bucket("lake").key("kept/b"));

            assertThat(range).isEqualTo("world");
            assertThat(keys).containsExactly("kept/a", "kept/b");
            assertThat(get(client, "kept/a")).isEqualTo("hello world");
            assertThatThrownBy(() -> get(client, "kept/b")).isInstanceOf(NoSuchKeyException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void deletesManyObjectsInOneRequest(Kind kind) {
        try (S3Client client = client(kind)) {
            put(client, "many/a", "1");
            put(client, "many/b", "2");

            client.deleteObjects(r -> r.bucket("lake")
                    .delete(d -> d.objects(List.of(
                            ObjectIdentifier.builder().key("many/a").build(),
                            ObjectIdentifier.builder().key("many/b").build()))));

            assertThat(client.listObjectsV2(r -> r.bucket("lake").prefix("many/"))
                            .contents())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void joinsTheParts(Kind kind) {
        try (S3Client client = client(kind)) {
            String key = "large";
            String id =
                    client.createMultipartUpload(r -> r.bucket("lake").key(key)).uploadId();
            List<CompletedPart> parts = new ArrayList<>();
            for (int number = 1; number <= 2; number++) {
                int partNumber = number;
                String etag = client.uploadPart(
                                r -> r.bucket("lake").key(key).uploadId(id).partNumber(partNumber),
                                RequestBody.fromBytes(new byte[PART_BYTES]))
                        .eTag();
                parts.add(CompletedPart.builder()
                        .partNumber(partNumber)
                        .eTag(etag)
                        .build());
            }

            client.completeMultipartUpload(
                    r -> r.bucket("lake").key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));

            assertThat(client.headObject(r -> r.bucket("lake").key(key)).contentLength())
                    .isEqualTo(2L * PART_BYTES);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void letsOneOfManyConcurrentCreationsWin(Kind kind) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String key = "created-" + round;
            try (S3Client client = client(kind)) {
                List<Integer> winners = race(writer -> attempt(() -> client.putObject(
                        r -> r.bucket("lake").key(key).ifNoneMatch("*"), RequestBody.fromString("writer " + writer))));

                assertThat(winners).hasSize(1);
                assertThat(get(client, key)).isEqualTo("writer " + winners.get(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void letsOneOfManyConcurrentReplacementsWin(Kind kind) throws Exception {
        try (S3Client client = client(kind)) {
            put(client, "replaced", "initial");
            for (int round = 0; round < ROUNDS; round++) {
                String etag =
                        client.headObject(r -> r.bucket("lake").key("replaced")).eTag();
                String text = "round " + round + " writer ";
                List<Integer> winners = race(writer -> attempt(() -> client.putObject(
                        r -> r.bucket("lake").key("replaced").ifMatch(etag), RequestBody.fromString(text + writer))));

                assertThat(winners).hasSize(1);
                assertThat(get(client, "replaced")).isEqualTo(text + winners.get(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void refusesToReplaceAnObjectThatIsGone(Kind kind) {
        try (S3Client client = client(kind)) {
            S3Exception refusal = catchThrowableOfType(
                    S3Exception.class,
                    () -> client.putObject(
                            r -> r.bucket("lake").key("absent").ifMatch("\"0123\""), RequestBody.fromString("x")));

            assertThat(refusal.statusCode()).isIn(404, 412);
        }
    }

    @Test
    void acceptsASessionToken() {
        AwsSessionCredentials credentials = AwsSessionCredentials.create(ID, SECRET.reveal(), "some-token");
        try (S3Client client = client(inFolder, credentials)) {
            put(client, "with-token", "ok");

            assertThat(get(client, "with-token")).isEqualTo("ok");
        }
    }

    @Test
    void refusesAnotherSecret() {
        try (S3Client client = client(inFolder, AwsBasicCredentials.create(ID, "guessed"))) {
            S3Exception refusal = catchThrowableOfType(S3Exception.class, () -> get(client, "x"));

            assertThat(refusal.statusCode()).isEqualTo(403);
        }
    }

    @Test
    void keepsKeysInsideTheFolder() throws IOException {
        try (S3Client client = client(inFolder, AwsBasicCredentials.create(ID, SECRET.reveal()))) {
            catchThrowableOfType(S3Exception.class, () -> put(client, "a/../../../../escaped", "x"));
        }
        try (var files = Files.walk(folder)) {
            Path bucket = folder.resolve("s3/buckets/lake");
            assertThat(files.filter(file -> file.getFileName().toString().equals("escaped")))
                    .allMatch(file -> file.startsWith(bucket));
        }
    }

    @Test
    void findsObjectsAgainAfterARestart(@TempDir Path other) {
        EmbeddedS3Options options = EmbeddedS3Options.inFolder(other, ID, SECRET);
        AwsCredentials credentials = AwsBasicCredentials.create(ID, SECRET.reveal());
        try (EmbeddedS3 first = EmbeddedS3.start(options);
                S3Client client = client(first, credentials)) {
            first.createBucket("lake");
            put(client, "a", "still here");
        }

        try (EmbeddedS3 second = EmbeddedS3.start(options);
                S3Client client = client(second, credentials)) {
            assertThat(second.bucketExists("lake")).isTrue();
            assertThat(get(client, "a")).isEqualTo("still here");
        }
    }

    @Test
    void refusesAFolderThatAnotherServerUses() {
        EmbeddedS3Options options = EmbeddedS3Options.inFolder(folder.resolve("s3"), ID, SECRET);

        assertThatThrownBy(() -> EmbeddedS3.start(options))
                .isInstanceOf(TarnException.class)
                .hasMessageStartingWith("Another S3 server keeps its objects in ")
                .extracting(e -> ((TarnException) e).kind())
                .isEqualTo(ErrorKind.LOCKED);
    }

    @Test
    void refusesAPortThatIsTaken() {
        EmbeddedS3Options options = EmbeddedS3Options.inMemory(ID, SECRET)
                .at("127.0.0.1", inFolder.uri().getPort());

        assertThatThrownBy(() -> EmbeddedS3.start(options))
                .isInstanceOf(TarnException.class)
                .hasMessageStartingWith("Cannot start the embedded S3 server on 127.0.0.1:")
                .extracting(e -> ((TarnException) e).kind())
                .isEqualTo(ErrorKind.UNAVAILABLE);
    }

    @Test
    void refusesASecondBucketOfTheSameName() {
        assertThatThrownBy(() -> inFolder.createBucket("lake"))
                .isInstanceOf(TarnException.class)
                .hasMessage("Bucket 'lake' exists already");
    }

    @Test
    void refusesABucketNameThatIsNone() {
        assertThatThrownBy(() -> inFolder.createBucket("../lake"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("but was '../lake'");
    }

    @Test
    void answersNothingOnceClosed() {
        EmbeddedS3 server = EmbeddedS3.start(EmbeddedS3Options.inMemory(ID, SECRET));
        URI uri = server.uri();

        server.close();
        server.close();

        assertThatThrownBy(() -> uri.toURL().openStream()).isInstanceOf(IOException.class);
    }

    @Test
    void refusesAPortOutOfRange() {
        assertThatThrownBy(() -> new EmbeddedS3Options("127.0.0.1", 65_536, Optional.empty(), ID, SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The port of an embedded S3 server must be 0 to 65535 but was 65536");
    }

    private interface Attempt {
        boolean wins(int writer);
    }

    private static List<Integer> race(Attempt attempt) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(WRITERS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> results = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                results.add(executor.submit(() -> {
                    start.await();
                    return attempt.wins(number);
                }));
            }
            start.countDown();
            List<Integer> winners = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                if (results.get(writer).get()) {
                    winners.add(writer);
                }
            }
            return winners;
        } finally {
            executor.shutdownNow();
        }
    }

    private static boolean attempt(Callable<?> write) {
        try {
            write.call();
            return true;
        } catch (S3Exception e) {
            assertThat(e.statusCode()).isEqualTo(412);
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("A conditional write failed in another way than a lost race", e);
        }
    }

    private S3Client client(Kind kind) {
        return client(kind == Kind.FOLDER ? inFolder : inMemory, AwsBasicCredentials.create(ID, SECRET.reveal()));
    }

    private static S3Client client(EmbeddedS3 server, AwsCredentials credentials) {
        S3Endpoint endpoint = server.settings();
        return S3Client.builder()
                .endpointOverride(endpoint.uri())
                .region(Region.of(endpoint.region()))
                .forcePathStyle(endpoint.pathStyle())
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    private static void put(S3Client client, String key, String text) {
        client.putObject(r -> r.bucket("lake").key(key), RequestBody.fromString(text));
    }

    private static String get(S3Client client, String key) {
        return client.getObjectAsBytes(r -> r.bucket("lake").key(key)).asUtf8String();
    }
}
