package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.alerts.AlertWriter;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The command against a real broker: with the topology, which carries decisions out, and without.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AckIT {
  private static final Topics TOPICS = Topics.of("ack.", 2);
  private static final Topics WITHOUT_TOPOLOGY = Topics.of("idle.", 2);
  private static final Topics OF_AN_INCIDENT = Topics.of("incident.", 2);
  private static final int MEMBERS = 12;
  private static final Duration SLOW = SyntheticHost.USUAL_STARTUP.plusMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ID = "aa112233445566778899aabbccddeeff";
  private static final String ALIKE = "aa1122ff445566778899aabbccddeeff";
  private static final String OVER = "bb112233445566778899aabbccddeeff";

  private final List<AutoCloseable> started = new ArrayList<>();
  private final List<Alert> steps = new ArrayList<>();
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private String bootstrapServers = "";

  @BeforeAll
  void start(@TempDir Path directory) {
    var broker = started(EmbeddedBroker.start(directory.resolve("broker")));
    bootstrapServers = broker.bootstrapServers();
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
      TopicPlan.of(admin, WITHOUT_TOPOLOGY, 1).apply(admin);
      TopicPlan.of(admin, OF_AN_INCIDENT, 1).apply(admin);
    }
  }

  private <T extends AutoCloseable> T started(T what) {
    started.add(what);
    return what;
  }

  @AfterEach
  void forget() {
    out = new StringWriter();
    err = new StringWriter();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  /// One host's day: it becomes slow, that is accepted, the acceptance is taken back, the alert
  /// comes again; what is dismissed is not shown any more and ends only when the host is as it was.
  @Test
  void should_accept_roll_back_and_dismiss_as_a_person_decides(@TempDir Path directory)
      throws Exception {
    var settings =
        new StreamsSettings(
            bootstrapServers,
            TOPICS,
            StreamsSettings.Application.ofOneBroker(directory, Duration.ofMillis(100)),
            DetectorSettings.defaults(),
            TimeBounds.defaults(),
            Map.of());
    var host = new SyntheticHost("web-17", 17);
    var begin = Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofHours(10));
    var slowed = begin.plus(Duration.ofHours(4));
    var accepted = slowed.plus(Duration.ofMinutes(40));
    var rolledBack = accepted.plus(Duration.ofHours(2));
    var mended = rolledBack.plus(Duration.ofMinutes(40));
    try (var topology =
            StreamService.start(
                settings, Endpoint.plain(InetSocketAddress.createUnresolved("127.0.0.1", 0)));
        var reader =
            TopicReader.open(bootstrapServers, Map.of(), TOPICS, Topics::alerts, Instant.EPOCH);
        var sender = new TelemetrySender(bootstrapServers, TOPICS)) {
      sender.history(host, begin, slowed, SyntheticHost.USUAL_STARTUP);
      sender.history(host, slowed, accepted, SLOW);
      var ofStartup =
          find(reader, isConfirmed(Signal.STARTUP).and(alert -> !alert.getAt().isBefore(slowed)));
      var ofCpu = find(reader, isConfirmed(Signal.CPU_STARTUP));
      var first = ofStartup.getMovedWith().isEmpty() ? ofStartup : ofCpu;

      // when: the change was legitimate
      var before = Instant.now();
      assertThat(
              ack(
                  TOPICS,
                  first.getAlertId().substring(0, 8),
                  "--accept",
                  "--why",
                  " openssh 9.2p1-3,\nchange 4711 "))
          .as(err.toString())
          .isZero();

      // then: the alert says who accepted it, when and why
      var acknowledged =
          find(
              reader,
              alert ->
                  alert.getAlertId().equals(first.getAlertId())
                      && alert.getState() == AlertState.ACKNOWLEDGED);
      var word = acknowledged.getAcknowledgement().orElseThrow();
      assertThat(word.getDecision()).isEqualTo(Decision.ACCEPT);
      assertThat(word.getWho()).isEqualTo("alice@bastion");
      assertThat(word.getWhy()).isEqualTo("openssh 9.2p1-3, change 4711");
      assertThat(word.getAt()).isBetween(before.truncatedTo(ChronoUnit.MICROS), Instant.now());
      assertThat(printed())
          .contains(
              "ACKNOWLEDGED  STEP   " + first.getAlertId().substring(0, 8),
              "web-17: sshd ",
              "Accepted by alice@bastion: openssh 9.2p1-3, change 4711");

      // when: it goes on at the new level, and was not legitimate after all
      sender.history(host, accepted, rolledBack, SLOW);
      await().atMost(PATIENCE).until(() -> measured(topology) >= connections(begin, rolledBack));
      assertThat(ack(TOPICS, first.getAlertId(), "--rollback", "--why", "not by us"))
          .as(err.toString())
          .isZero();
      sender.history(host, rolledBack, mended, SLOW);

      // then: there was no alert in between, and there is one now
      var second =
          find(
              reader,
              isConfirmed(Signal.STARTUP)
                  .and(alert -> !alert.getAlertId().equals(ofStartup.getAlertId())));
      assertThat(second.getOnset()).as("it is the same shift").isEqualTo(ofStartup.getOnset());
      assertThat(steps)
          .filteredOn(alert -> alert.getSubject().startsWith("startup/"))
          .extracting(Alert::getAlertId)
          .containsOnly(ofStartup.getAlertId(), second.getAlertId());
      assertThat(shown(topology, "startup")).isTrue();
      find(
          reader,
          isConfirmed(Signal.CPU_STARTUP)
              .and(alert -> !alert.getAlertId().equals(ofCpu.getAlertId())));

      // when: nobody wants to hear more of it
      var dismissed = second.getMovedWith().orElse(second.getAlertId());
      assertThat(ack(TOPICS, dismissed, "--dismiss", "--why", "being rebuilt"))
          .as(err.toString())
          .isZero();

      // then: it is not shown any more, nor is what moved with it, but both are open
      assertThat(shown(topology, "startup")).isFalse();
      assertThat(shown(topology, "cpu-startup")).isFalse();
      assertThat(open())
          .hasSize(2)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("ACKNOWLEDGED", "Dismissed by alice@bastion: being rebuilt"))
          .anySatisfy(line -> assertThat(line).contains("1 open alert of 1 host: --all"));
      assertThat(evidence(second))
          .contains("  Alert " + second.getAlertId())
          .anySatisfy(line -> assertThat(line).startsWith("  web-17: sshd startup "))
          .anySatisfy(line -> assertThat(line).startsWith("  Median "));

      // when: the host is as it was
      sender.history(host, mended, mended.plus(Duration.ofHours(1)), SyntheticHost.USUAL_STARTUP);

      // then: it ends
      var resolved =
          find(
              reader,
              alert ->
                  alert.getAlertId().equals(second.getAlertId())
                      && alert.getState() == AlertState.RESOLVED);
      assertThat(resolved.getAcknowledgement())
          .map(Acknowledgement::getDecision)
          .contains(Decision.DISMISS);
      assertThat(ack(TOPICS, second.getAlertId(), "--accept", "--why", "late")).isEqualTo(1);
      assertThat(err.toString()).contains("halfsecond ack: it is over: RESOLVED at ");
      assertThat(
              topology
                  .registry()
                  .get(Meters.DECISIONS.name())
                  .tag("result", "applied")
                  .counter()
                  .count())
          .isEqualTo(3);
      assertThat(
              topology
                  .registry()
                  .get(Meters.DECISIONS.name())
                  .tag("result", "ignored")
                  .counter()
                  .count())
          .isZero();
    }
  }

  @Test
  void should_say_what_is_wrong_and_write_nothing_when_there_is_nothing_to_decide() {
    put(
        alert(ID, AlertState.OPENED),
        alert(ALIKE, AlertState.UPDATED),
        alert(OVER, AlertState.TRANSIENT));

    assertThat(ack(WITHOUT_TOPOLOGY, "cc1122", "--accept", "--why", "x")).isEqualTo(1);
    assertThat(ack(WITHOUT_TOPOLOGY, "AA1122", "--accept", "--why", "x")).isEqualTo(1);
    assertThat(ack(WITHOUT_TOPOLOGY, OVER, "--dismiss", "--why", "x")).isEqualTo(1);
    assertThat(ack(WITHOUT_TOPOLOGY, ID, "--rollback", "--why", "x")).isEqualTo(1);

    assertThat(err.toString())
        .contains(
            "halfsecond ack: no alert id starts with cc1122; open alerts:\n  ",
            "halfsecond ack: 2 alert ids start with aa1122; give more digits\n  " + ID,
            "\n  " + ALIKE,
            "halfsecond ack: it is over: TRANSIENT at ",
            "halfsecond ack: it was never accepted: there is nothing to roll back");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void should_say_that_the_decision_stands_when_the_topology_does_not_answer() {
    var alert = alert("dd112233445566778899aabbccddeeff", AlertState.OPENED);
    alert.setHost("");
    put(alert);

    int status = ack(WITHOUT_TOPOLOGY, "dd1122", "--accept", "--why", "change 4711", "--by", "bob");

    assertThat(status).isEqualTo(1);
    assertThat(err.toString())
        .contains("the decision is written, but the alert does not show it yet");
    assertThat(controls())
        .singleElement()
        .satisfies(
            control -> {
              assertThat(control.getAlertId()).isEqualTo(alert.getAlertId());
              assertThat(control.getHost()).isEmpty();
              assertThat(control.getCohort()).isEqualTo("debian-12-x86_64");
              assertThat(control.getAcknowledgement().getWho()).isEqualTo("bob");
            });
  }

  @Test
  void should_decide_for_every_host_of_an_incident_and_show_each_as_it_is_done() {
    // given: twelve hosts with two alerts each, one of which has ended
    var members = new ArrayList<Member>();
    var alerts = new ArrayList<Alert>();
    for (int i = 1; i <= MEMBERS; i++) {
      var host = "web-%02d".formatted(i);
      var ids = List.of("a%031d".formatted(i), "b%031d".formatted(i));
      members.add(
          Member.newBuilder().setHost(host).setAlertIds(ids).setOnset(Instant.EPOCH).build());
      for (var id : ids) {
        var alert =
            alert(id, i == MEMBERS && id.startsWith("b") ? AlertState.RESOLVED : AlertState.OPENED);
        alert.setHost(host);
        alerts.add(alert);
      }
    }
    var incident = alert(ID, AlertState.CONFIRMED);
    incident.setScope(AlertScope.INCIDENT);
    incident.setHost("");
    incident.setMembers(members);
    incident.setSummary("12 hosts of debian-12-x86_64: sshd startup");
    alerts.add(incident);
    put(OF_AN_INCIDENT, alerts.toArray(Alert[]::new));

    // when
    int status;
    try (var _ = new Obedient(OF_AN_INCIDENT, alerts)) {
      status = ack(OF_AN_INCIDENT, ID.substring(0, 8), "--accept", "--why", "change 4711");
    }

    // then: a decision for each alert that was open, keyed by its host, and one for the incident,
    // keyed by its cohort
    assertThat(status).as(err.toString()).isZero();
    var controls = controls(OF_AN_INCIDENT);
    assertThat(controls)
        .hasSize(2 * MEMBERS)
        .allSatisfy(
            control -> {
              assertThat(control.value().getAcknowledgement().getWhy()).isEqualTo("change 4711");
              assertThat(control.key())
                  .isEqualTo(
                      control.value().getAlertId().equals(ID)
                          ? "debian-12-x86_64"
                          : control.value().getHost());
            });
    assertThat(controls)
        .extracting(control -> control.value().getAlertId())
        .doesNotHaveDuplicates()
        .doesNotContain("b%031d".formatted(MEMBERS))
        .contains(ID);
    assertThat(controls.stream().min(Comparator.comparingLong(ConsumerRecord::timestamp)))
        .hasValueSatisfying(first -> assertThat(first.value().getAlertId()).isEqualTo(ID));
    var lines = printed().lines().filter(line -> !line.startsWith("waiting for")).toList();
    assertThat(lines)
        .hasSize(1 + MEMBERS + 1)
        .contains(
            "web-01: accepted, 2 alerts",
            "web-11: accepted, 2 alerts",
            "web-12: accepted, 1 alert");
    assertThat(lines.getFirst())
        .startsWith("web-12: b0000000 left unchanged: it is over: RESOLVED");
    assertThat(lines.getLast())
        .contains("ACKNOWLEDGED", "aa112233", "12 hosts of debian-12-x86_64");
  }

  /// Stands in for a topology that makes incidents: carries out whatever is decided.
  private final class Obedient implements AutoCloseable {
    private final Stop stop = new Stop();
    private final Thread thread;

    private Obedient(Topics topics, List<Alert> alerts) {
      thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var reader =
                        TopicReader.open(
                            bootstrapServers, Map.of(), topics, Topics::control, Instant.EPOCH)) {
                      while (!stop.requested()) {
                        for (var control : reader.poll(Duration.ofMillis(100))) {
                          var alert =
                              alerts.stream()
                                  .filter(each -> each.getAlertId().equals(control.getAlertId()))
                                  .findFirst()
                                  .orElseThrow();
                          put(
                              topics,
                              Alert.newBuilder(alert)
                                  .setState(AlertState.ACKNOWLEDGED)
                                  .setAcknowledgement(control.getAcknowledgement())
                                  .build());
                        }
                      }
                    }
                  });
    }

    @Override
    public void close() {
      stop.request();
      await().atMost(PATIENCE).until(() -> !thread.isAlive());
    }
  }

  @Test
  void should_name_the_topic_that_is_missing() {
    assertThat(ack(Topics.of("absent.", 1), ID, "--accept", "--why", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("no topic absent.alerts", "halfsecond topics plan");
  }

  private int ack(Topics topics, String... arguments) {
    return run(topics, Stream.concat(Stream.of("ack"), Arrays.stream(arguments)));
  }

  private List<String> open() {
    forget();
    assertThat(run(TOPICS, Stream.of("alerts", "--open"))).as(err.toString()).isZero();
    return printed().lines().toList();
  }

  private List<String> evidence(Alert alert) {
    forget();
    assertThat(run(TOPICS, Stream.of("alerts", alert.getAlertId().substring(0, 8))))
        .as(err.toString())
        .isZero();
    return printed().lines().toList();
  }

  private int run(Topics topics, Stream<String> command) {
    var prefix = topics.alerts().name().replaceFirst("alerts$", "");
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            Map.of("SUDO_USER", "alice"),
            new Stop()),
        Stream.concat(
                command,
                Stream.of(
                    "--bootstrap-servers",
                    bootstrapServers,
                    "--set",
                    "host=bastion",
                    "--set",
                    "topics.prefix=" + prefix))
            .toArray(String[]::new));
  }

  private String printed() {
    return out.toString();
  }

  private Alert find(TopicReader<Alert> reader, Predicate<Alert> wanted) {
    await("an alert")
        .atMost(PATIENCE)
        .until(
            () -> {
              steps.addAll(reader.poll(Duration.ofMillis(100)));
              return steps.stream().anyMatch(wanted);
            });
    return steps.stream().filter(wanted).findFirst().orElseThrow();
  }

  private static Predicate<Alert> isConfirmed(Signal signal) {
    return alert ->
        alert.getState() == AlertState.CONFIRMED
            && alert.getFinding() instanceof ShiftFinding shift
            && shift.getSignal() == signal;
  }

  private static double measured(StreamService topology) {
    return topology
        .registry()
        .get(Meters.MEASUREMENTS.name())
        .tag("signal", "startup")
        .counter()
        .count();
  }

  /// As [TelemetrySender#history] sends them.
  private static long connections(Instant from, Instant to) {
    return Duration.between(from, to).toSeconds() / 15;
  }

  private static boolean shown(StreamService topology, String signal) {
    return topology
            .registry()
            .find(Meters.ALERT_INFO.name())
            .tags("host", "web-17", "signal", signal)
            .gauge()
        != null;
  }

  private static Alert alert(String id, AlertState state) {
    var at = Instant.parse("2026-03-29T12:00:00Z");
    var quantiles = new Quantiles(1L, 1.0, 1.0, 1.0);
    return Alert.newBuilder()
        .setAlertId(id)
        .setState(state)
        .setRevision(0)
        .setTier(Tier.STEP)
        .setHost("web-17")
        .setCohort("debian-12-x86_64")
        .setSubject("startup/all")
        .setAt(at)
        .setOpenedAt(at)
        .setOnset(at)
        .setFinding(
            ShiftFinding.newBuilder()
                .setSignal(Signal.STARTUP)
                .setStratum("all")
                .setDirection(Direction.UP)
                .setUnit(Unit.NANOSECONDS)
                .setBefore(quantiles)
                .setAfter(quantiles)
                .setShift(0)
                .setShiftLow(0)
                .setShiftHigh(0)
                .setPreliminary(true)
                .setConnections(1)
                .build())
        .setSummary("web-17: sshd startup")
        .build();
  }

  private void put(Alert... alerts) {
    put(WITHOUT_TOPOLOGY, alerts);
  }

  private void put(Topics topics, Alert... alerts) {
    AlertWriter.write(bootstrapServers, topics, List.of(alerts));
  }

  private List<AlertControl> controls() {
    return controls(WITHOUT_TOPOLOGY).stream().map(ConsumerRecord::value).toList();
  }

  private List<ConsumerRecord<String, AlertControl>> controls(Topics topics) {
    var topic = topics.control();
    var found = new ArrayList<ConsumerRecord<String, AlertControl>>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            topic.keySerde().deserializer(),
            topic.valueSerde().deserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(partition -> new TopicPartition(topic.name(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }
}
