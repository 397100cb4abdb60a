package io.halfsecond.deploy.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What one hostile client with the credentials of a collector can do to the hosts beside it: the
/// distribution's own topology on a broker that is set up as docs/security.md says.
///
/// `-Dhalfsecond.hostile=PT10M` says how long it writes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileFaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration ATTACK =
      Duration.parse(System.getProperty("halfsecond.hostile", "PT10S"));

  private static final Duration BEFORE_THE_STORY = Duration.ofSeconds(3);
  private static final String DEAD_LETTERS = "halfsecond_dead_letters_total";

  private final Instant until = Instant.now().truncatedTo(ChronoUnit.MINUTES);
  private final HostileTable table = HostileTable.ofThisRun();
  private SecuredBench bench;
  private List<Alert> undisturbed = List.of();
  private List<Duration> undisturbedDelays = List.of();

  /// A topology that no hostile client has written to.
  private TopologyUnderTest calm;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    bench = new SecuredBench(temporary);
    calm = new TopologyUnderTest(bench, 1);
    calm.start(0);
    var story = new Story(until);
    calm.send(story::first);
    calm.awaitQuiet();
    try (var canary = canary(calm)) {
      calm.send(story::second);
      Thread.sleep(Duration.ofSeconds(10));
      undisturbedDelays = canary.delays(PATIENCE);
    }
    calm.awaitQuiet();
    undisturbed = ofTheStory(calm);
    assertThat(undisturbed)
        .extracting(Alert::getHost)
        .as("the story has one slow host")
        .containsOnly("web-1");
  }

  @AfterAll
  void stop() {
    calm.close();
    bench.close();
  }

  private Canary canary(TopologyUnderTest topology) {
    return Canary.start(topology.sender(), bench.client(), topology.topics().alerts());
  }

  /// Its hosts are silent once it has ended. That they are told to be is not of the story.
  private static List<Alert> ofTheStory(TopologyUnderTest topology) {
    return topology.alerts(
        alert -> Story.isAbout(alert.getHost()) && alert.getFinding() instanceof ShiftFinding);
  }

  @Test
  @Tag("faults")
  void should_judge_honest_hosts_as_ever_beside_a_hostile_one() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      // given
      topology.start(0);
      var instance = topology.instance(0);
      var story = new Story(until);
      topology.send(story::first);
      topology.awaitQuiet();
      long memoryBefore = instance.residentBytes();

      // when
      try (var hostile = hostile(topology);
          var watch = Watch.of(instance)) {
        List<Duration> delays;
        try (var canary = canary(topology)) {
          hostile.start();
          Thread.sleep(BEFORE_THE_STORY);
          topology.send(story::second);
          Thread.sleep(ATTACK.minus(BEFORE_THE_STORY));
          hostile.stop();
          delays = canary.delays(PATIENCE);
        }

        // then
        Awaitility.await("the alerts of the undisturbed run")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(ofTheStory(topology)).isEqualTo(undisturbed));
        instance.await("it is ready", instance::ready);
        table.add(
            "a collector's credentials, for " + ATTACK.toSeconds() + " s",
            new HostileTable.Row(
                hostile.taken(),
                hostile.refused(),
                instance.metricBy(DEAD_LETTERS),
                undisturbed.size(),
                ofTheStory(topology).size(),
                undisturbedDelays,
                delays,
                watch.longestNotReady(),
                memoryBefore,
                watch.mostMemory(),
                instance.residentBytes()));
      }
      assertThat(instance.alive()).isTrue();
    }
  }

  private HostileClient hostile(TopologyUnderTest topology) throws IOException {
    var hostile =
        new HostileClient(
            bench.client(SecuredBench.HOSTILE),
            topology.topics(),
            topology.prefix(),
            TopologyUnderTest.applicationId(topology.prefix()),
            SecuredBench.HOSTILE,
            bench.sealer(),
            Files.createDirectory(bench.directory().resolve("hostile")),
            7);
    var telemetry = new HashSet<>(hostile.allowed());
    telemetry.remove(topology.topics().schemas().name());
    assertThat(hostile.wellFormed())
        .as("every topic but that of schemas has extreme records, a new one too")
        .isEqualTo(telemetry);
    return hostile;
  }

  /// Well-formed records and requests that ended a topology once.
  ///
  /// @param reason of the dead letters; empty if the record is taken
  record Poison(
      String name, String reason, Function<Topics, List<ProducerRecord<byte[], byte[]>>> records) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Poison> poison() {
    var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    var host = new SyntheticHost(SecuredBench.HOSTILE, 1);
    return Stream.of(
        new Poison(
            "a self-test with a duration of -0.0, twice",
            "",
            topics ->
                Stream.of(1, 2)
                    .map(n -> record(topics.selfTest(), selfTest(n, now, -0.0, 24)))
                    .toList()),
        new Poison(
            "a self-test with 2,147,483,647 runs, twice",
            "insane",
            topics ->
                Stream.of(3, 4)
                    .map(n -> record(topics.selfTest(), selfTest(n, now, 9e6, Integer.MAX_VALUE)))
                    .toList()),
        new Poison(
            "a heartbeat whose inventoryAt is the smallest there is",
            "wrong-time",
            topics ->
                List.of(
                    record(
                        topics.collectorStatus(),
                        CollectorStatus.newBuilder(host.heartbeat(now))
                            .setInventoryAt(Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS))
                            .build()))),
        new Poison(
            "300 parts of CPU time whose sum overflows",
            "insane",
            topics -> {
              var cpu = host.connection(now, SyntheticHost.USUAL_STARTUP).cpu();
              cpu.setCpu(
                  Collections.nCopies(
                      300,
                      PhaseCpu.newBuilder(cpu.getCpu().getFirst())
                          .setCpuNanos(Bounds.NANOS)
                          .build()));
              return List.of(record(topics.sessionCpu(), cpu));
            }),
        new Poison(
            "a value and a header that fill a record",
            "unreadable",
            topics -> {
              var record =
                  new ProducerRecord<>(
                      topics.authTiming().name(), bytes(SecuredBench.HOSTILE), new byte[600_000]);
              record.headers().add("x", new byte[400_000]);
              return List.of(record);
            }),
        new Poison(
            "a decision with 1,000,000 characters",
            "insane",
            topics ->
                List.of(
                    record(
                        topics.control(),
                        AlertControl.newBuilder()
                            .setAlertId("0".repeat(32))
                            .setScope(AlertScope.HOST)
                            .setHost(SecuredBench.HOSTILE)
                            .setAcknowledgement(
                                new Acknowledgement(
                                    Decision.DISMISS, "alice", now, "x".repeat(1_000_000)))
                            .build()))));
  }

  private static SelfTestReport selfTest(int n, Instant at, double nanos, int runs) {
    return SelfTestReport.newBuilder()
        .setId("%032x".formatted(n))
        .setHost(SecuredBench.HOSTILE)
        .setCollector("run")
        .setSequence(n)
        .setAt(at)
        .setComparisons(
            List.of(
                new SelfTestComparison(
                    "/usr/sbin/sshd -V",
                    SelfTestEnvironment.TERMINAL,
                    runs,
                    nanos,
                    nanos,
                    nanos,
                    nanos,
                    1e-300,
                    1.0)))
        .build();
  }

  private static <V> ProducerRecord<byte[], byte[]> record(Topic<V> topic, V value) {
    return new ProducerRecord<>(
        topic.name(),
        bytes(SecuredBench.HOSTILE),
        topic.valueSerde().serializer().serialize(topic.name(), value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest
  @MethodSource("poison")
  void should_go_on_after(Poison poison) throws Exception {
    var instance = calm.instance(0);
    var before = instance.metricBy(DEAD_LETTERS);
    var records = poison.records.apply(calm.topics());

    // when
    try (var producer =
        new KafkaProducer<>(bench.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (var record : records) {
        byte[] code = bench.sealer().seal(record.topic(), SecuredBench.HOSTILE, record.value());
        record.headers().add(Sealer.HEADER, code);
        producer.send(record).get();
      }
    }

    // then: it is put aside, or taken, and the next record of another host is judged
    if (poison.reason.isEmpty()) {
      instance.await(
          "they are judged",
          () -> instance.metric("halfsecond_measurements_total{signal=\"selftest\"") == 2);
      assertThat(instance.metricBy(DEAD_LETTERS)).isEqualTo(before);
    } else {
      instance.await(
          "they are dead letters",
          () ->
              count(instance.metricBy(DEAD_LETTERS), poison.reason)
                  == count(before, poison.reason) + records.size());
    }
    judgesOn(calm);
  }

  private static long count(Map<String, Long> deadLetters, String reason) {
    return deadLetters.getOrDefault(reason, 0L);
  }

  private void judgesOn(TopologyUnderTest topology) throws InterruptedException {
    List<Duration> delays;
    try (var canary = canary(topology)) {
      delays = canary.delays(PATIENCE);
    }
    assertThat(delays).isNotEmpty();
    assertThat(topology.instance(0).ready()).isTrue();
  }

  @Test
  void should_be_scraped_beside_clients_that_connect_and_say_nothing() throws Exception {
    var instance = calm.instance(0);
    try (var _ = new Socket(instance.http().getHost(), instance.http().getPort());
        var _ = new Socket(instance.http().getHost(), instance.http().getPort())) {
      assertThat(instance.ready()).isTrue();
      assertThat(instance.metrics()).contains("halfsecond_hosts");
    }
  }

  /// The process is killed while it handles a record: its file says that it does. That lasts
  /// longest for the first record of a process, whose code is not compiled yet, and for one with
  /// many facts.
  @Test
  @Tag("faults")
  void should_pass_over_a_record_at_which_the_process_has_died_twice() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      // given
      topology.start(0);
      var instance = topology.instance(0);
      topology.send(
          sender ->
              sender.send(
                  TamperEvidence.newBuilder(Canary.evidence("deadly", 0))
                      .setFacts(
                          IntStream.range(0, Bounds.FACTS)
                              .mapToObj(
                                  n ->
                                      TamperFact.newBuilder()
                                          .setObject("/deadly-" + n)
                                          .setStatements(
                                              List.of(new Statement("test", "x".repeat(500))))
                                          .build())
                              .toList())
                      .build()));

      // when
      killWhileInHand(topology);
      instance.start();
      killWhileInHand(topology);
      topology.start(0);

      // then
      instance.await(
          "it is passed over", () -> count(instance.metricBy(DEAD_LETTERS), "fatal") == 1);
      assertThat(instance.said()).contains("2 time(s) by now");
      judgesOn(topology);
      assertThat(topology.alerts(alert -> alert.getSubject().contains("deadly"))).isEmpty();
    }
  }

  /// The first eight bytes of the file are not zero while the first record is handled. A file that
  /// a dead process has left is replaced before anything is read from Kafka.
  private static void killWhileInHand(TopologyUnderTest topology) throws IOException {
    var instance = topology.instance(0);
    var file = topology.state(0).resolve("records-in-hand");
    instance.await("its file is empty", () -> !isInHand(file));
    try (var channel = FileChannel.open(file)) {
      var first = ByteBuffer.allocate(Long.BYTES);
      var last = Instant.now().plus(PATIENCE);
      while (read(channel, first) == 0) {
        assertThat(Instant.now()).as("the record is handled").isBefore(last);
        Thread.onSpinWait();
      }
      instance.killAtOnce();
      assertThat(read(channel, first)).as("it died while it handled the record").isPositive();
    }
  }

  private static boolean isInHand(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      return read(channel, ByteBuffer.allocate(Long.BYTES)) != 0;
    }
  }

  private static long read(FileChannel channel, ByteBuffer into) throws IOException {
    channel.read(into.clear(), 0);
    return into.getLong(0);
  }
}
