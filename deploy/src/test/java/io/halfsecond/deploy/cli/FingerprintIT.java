package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The command against a real broker.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FingerprintIT {
  private static final Topics TOPICS = Topics.of("fp.", 2);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private EmbeddedBroker broker;

  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  void start(@TempDir Path directory) {
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    var topic = TOPICS.hostFingerprint();
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            topic.keySerde().serializer(),
            topic.valueSerde().serializer())) {
      for (var record :
          List.of(
              host("web-17", "aa", false),
              host("web-17", "bb", false),
              host("web-18", "bb", false),
              host("web-19", "cc", true))) {
        var _ = producer.send(new ProducerRecord<>(topic.name(), record.getHost(), record));
      }
    }
  }

  @AfterEach
  void forget() {
    out = new StringWriter();
    err = new StringWriter();
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void should_show_the_newest_record_of_a_host() {
    assertThat(run("web-17")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("web-17: kernel ", "bbbbbbbbbbbb")
        .doesNotContain("aaaaaaaaaaaa");
  }

  @Test
  void should_end_with_1_when_what_runs_is_not_what_stands_there() {
    assertThat(run("web-19")).isEqualTo(1);
    assertThat(out.toString()).contains("/usr/sbin/sshd in memory is not the file at that path");
  }

  @Test
  void should_end_with_1_when_two_hosts_differ_and_with_0_when_they_do_not() {
    assertThat(run("--diff", "web-17", "web-18")).as(err.toString()).isZero();
    assertThat(run("--diff", "web-18", "web-19")).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("no difference\n")
        .contains("- /usr/sbin/sshd", "+ /usr/sbin/sshd");
  }

  @Test
  void should_compare_a_host_with_what_was_written_of_it(@TempDir Path directory) throws Exception {
    // given
    assertThat(run("web-18", "--json")).isZero();
    var file = Files.writeString(directory.resolve("web-18.json"), out.toString());

    // when, then
    assertThat(run("--diff", file.toString(), "web-18")).as(err.toString()).isZero();
  }

  @Test
  void should_end_with_1_and_say_so_when_a_host_is_not_known() {
    assertThat(run("web-99")).isEqualTo(1);
    assertThat(err.toString()).contains("no fingerprint of web-99 on fp.host-fingerprint");
  }

  @Test
  void should_end_with_1_and_name_the_file_that_is_no_fingerprint(@TempDir Path directory)
      throws Exception {
    var file = Files.writeString(directory.resolve("x.json"), "{\"host\": 17}");

    assertThat(run("--diff", file.toString(), file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains(file + " is not a fingerprint: field host of HostFingerprint: not 17");
  }

  @Test
  void should_end_with_2_when_called_wrongly() {
    assertThat(run("--diff", "web-17")).isEqualTo(2);
    assertThat(run("web-17", "web-18")).isEqualTo(2);
    assertThat(run("web-17", "--json", "--sbom")).isEqualTo(2);
  }

  private int run(String... arguments) {
    var around =
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), false, Map.of(), new Stop());
    var line =
        Stream.concat(
                Stream.of(
                    "fingerprint", "-b", broker.bootstrapServers(), "-s", "topics.prefix=fp."),
                Stream.of(arguments))
            .toArray(String[]::new);
    return Halfsecond.execute(around, line);
  }

  private static HostFingerprint host(String name, String hex, boolean differs) {
    return HostFingerprint.newBuilder()
        .setHost(name)
        .setCollector("c0ffee")
        .setSequence(1)
        .setAt(Instant.parse("2024-03-29T12:05:00Z"))
        .setKernelRelease("6.1.0")
        .setMachine("x86_64")
        .setBootedAt(Instant.EPOCH)
        .setObserved(Observed.MAPS)
        .setObjects(
            List.of(
                MappedObject.newBuilder()
                    .setPath("/usr/sbin/sshd")
                    .setDevice("08:01")
                    .setInode(17)
                    .setSize(1000)
                    .setMtime(Instant.EPOCH)
                    .setSha256(hex.repeat(32))
                    .setRole(ObjectRole.EXECUTABLE)
                    .setObserved(Observed.MAPS)
                    .setDiffersFromPath(differs)
                    .build()))
        .build();
  }
}
