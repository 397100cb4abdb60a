package io.halfsecond.collector.emit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.collector.sink.KafkaSink;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Authenticator;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The codes of a collector's records.
class SealingTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final String HOST = "web-17";

  @TempDir private Path directory = Path.of("");
  private Path secrets = Path.of("");
  private Path keyFile = Path.of("");
  private Instant now = Instant.parse("2024-03-29T00:00:00Z");

  @BeforeEach
  void enroll() throws IOException {
    secrets = directory.resolve("fleet.secrets");
    keyFile = directory.resolve("key");
    issue();
  }

  /// A key from a new secret.
  private void issue() throws IOException {
    FleetSecrets.addTo(secrets, LocalDate.EPOCH, new SecureRandom());
    SecretFile.replace(keyFile, FleetSecrets.read(secrets).issue(Role.HOST, HOST).toFile());
  }

  private EmitterSettings settings() {
    return new EmitterSettings(Topics.DEFAULT_PREFIX, 10, Optional.empty(), Optional.of(keyFile));
  }

  private Answer answer(ProducerRecord<String, byte[]> sent) throws IOException {
    var authenticator =
        new Authenticator(
            new Reloaded<>(secrets, FleetSecrets::read, InstantSource.system(), _ -> {}));
    return authenticator.host(
        HOST,
        sent.headers().lastHeader(Sealer.HEADER).value(),
        sent.topic(),
        sent.key(),
        sent.value());
  }

  @Test
  void should_seal_every_record_with_the_key_that_is_in_the_file() throws IOException {
    // given
    var kafka =
        new MockProducer<String, byte[]>(
            true, null, new StringSerializer(), new ByteArraySerializer());
    var emitter =
        new Emitter(
            new Origin(HOST, "", "boot", "run"),
            10,
            settings().sealer(HOST, () -> now),
            new KafkaSink("Kafka", () -> kafka),
            Optional.empty(),
            List.of(TOPICS.probe()),
            () -> now);
    emitter.start();

    // when
    emit(emitter);
    issue();
    now = now.plus(Reloaded.EVERY);
    emit(emitter);
    emitter.close();

    // then
    assertThat(kafka.history()).hasSize(2);
    for (var sent : kafka.history()) {
      assertThat(answer(sent)).isEqualTo(Answer.RIGHT);
    }
    var newest = FleetSecrets.read(secrets).ids().getFirst();
    assertThat(
            new String(
                kafka.history().getLast().headers().lastHeader(Sealer.HEADER).value(), UTF_8))
        .contains(newest);
  }

  private void emit(Emitter emitter) {
    emitter.emit(
        TOPICS.probe(),
        now,
        sequence ->
            ProbeTiming.newBuilder()
                .setHost(HOST)
                .setCollector("run")
                .setSequence(sequence)
                .setId("0".repeat(32))
                .setAt(now)
                .setTarget("127.0.0.1:22")
                .build());
  }

  @Test
  void should_refuse_the_key_of_another_host_and_one_that_others_may_read() throws IOException {
    assertThatThrownBy(() -> settings().sealer("web-18", () -> now))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("collector.authentication-key-file")
        .hasMessageContaining("is the key of the host web-17, and this is web-18");

    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> settings().sealer(HOST, () -> now))
        .hasMessageContaining("chmod 600 " + keyFile);
  }

  @Test
  void should_send_no_code_without_a_key() {
    assertThat(EmitterSettings.defaults().sealer(HOST, () -> now)).isSameAs(Sealer.NONE);
  }
}
