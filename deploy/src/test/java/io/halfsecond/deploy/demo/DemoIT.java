package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.api.ApiClient;
import io.halfsecond.deploy.api.GateQuery;
import io.halfsecond.deploy.api.GateReport;
import io.halfsecond.deploy.api.GateReport.Verdict;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Topic;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.query.ObjectQuery;
import io.halfsecond.streams.query.Presence;
import io.halfsecond.streams.query.Whereabouts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The whole thread, with nothing made up: real sshd, kernel, Kafka, topology, alert.
class DemoIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double NANOS_PER_MILLI = 1e6;

  private final StringWriter printed = new StringWriter();
  private final Demo demo = new Demo(new PrintWriter(printed), false, new Stop());

  @Nested
  class Live {
    @BeforeEach
    void needSshdAndKernel() {
      Machine.assumeReady();
    }

    /// One run of two minutes, and all that can be asked of it.
    @Test
    void should_open_one_alert_for_each_affected_signal_when_startup_takes_500_ms_longer()
        throws Exception {
      var consumed = new ArrayList<Alert>();
      var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      var measuredAfterwards = new ArrayList<Double>();
      var answers = new ArrayList<Answers>();

      var outcome =
          demo.run(
              Demo.DemoSettings.defaults(),
              new Demo.Onlooker() {
                @Override
                public void before(Backend backend) throws InterruptedException {
                  answers.add(ask(backend));
                }

                @Override
                public void after(Demo.Up up) throws IOException, InterruptedException {
                  consumed.addAll(consumeAlerts(up));
                  answers.add(ask(up.backend()));
                  letters.addAll(sendGarbage(up));
                  measuredAfterwards.addAll(measureOneMore(up));
                  explainsItsMetrics(up.backend().stream().registry(), "topology");
                  explainsItsMetrics(up.collector().registry(), "collector");
                }
              });

      assertThat(outcome.asExpected()).isTrue();
      // On a busy machine, of what waited for a CPU and of what did not.
      assertThat(outcome.alerts())
          .extracting(Alert::getFinding)
          .asInstanceOf(InstanceOfAssertFactories.list(ShiftFinding.class))
          .extracting(ShiftFinding::getSignal, ShiftFinding::getPhase, ShiftFinding::getDirection)
          .containsOnly(
              tuple(Signal.STARTUP, Phase.STARTUP, Direction.UP),
              tuple(Signal.CPU_STARTUP, Phase.STARTUP, Direction.UP));
      assertThat(outcome.alerts())
          .allSatisfy(
              alert -> {
                assertThat(((ShiftFinding) alert.getFinding()).getShift() / NANOS_PER_MILLI)
                    .isBetween(450.0, 550.0);
                assertThat(alert.getTier()).isEqualTo(Tier.STEP);
                assertThat(((ShiftFinding) alert.getFinding()).getVotes()).isPositive();
                assertThat(alert.getTelemetryComplete()).isTrue();
              });

      // And says what changed: the library, both its contents, its package, the way to it, and what
      // brought it.
      assertThat(outcome.alerts())
          .allSatisfy(
              alert -> {
                assertThat(alert.getAttribution()).isEqualTo(Attribution.CHANGED);
                assertThat(alert.getChanges().getFirst()).satisfies(DemoIT::isTheNewLibrary);
                assertThat(alert.getChanges().get(1)).satisfies(DemoIT::isTheSlowLiblzma);
                assertThat(alert.getChanges())
                    .filteredOn(change -> change.getKind() == ChangeKind.RESTART)
                    .singleElement()
                    .satisfies(
                        restart ->
                            assertThat(restart.getAt())
                                .isBetween(outcome.swappedAt().minusSeconds(1), alert.getOnset()));
                assertThat(alert.getTitle())
                    .contains(
                        ": sshd ",
                        " ms, new library libslow.so.1 (no package) ["
                            + alert.getAlertId().substring(0, 8)
                            + "]");
                assertThat(alert.getSummary())
                    .contains(
                        " after new library /",
                        "/libslow.so.1 (no package) and /",
                        "/liblzma.so.5 in place of /usr/lib/",
                        " (liblzma5 ",
                        " → no package); sshd started ");
              });

      // One incident stands for both.
      assertThat(consumed)
          .filteredOn(
              alert ->
                  alert.getScope() == AlertScope.INCIDENT
                      && alert.getFinding() instanceof ShiftFinding)
          .extracting(Alert::getAlertId)
          .containsOnly(incident(consumed).getAlertId());
      assertThat(incident(consumed))
          .satisfies(
              incident -> {
                assertThat(incident.getMembers())
                    .extracting(Member::getHost)
                    .containsExactly(outcome.alerts().getFirst().getHost());
                assertThat(incident.getChanges().getFirst()).satisfies(DemoIT::isTheNewLibrary);
                assertThat(incident.getChanges().get(1)).satisfies(DemoIT::isTheSlowLiblzma);
              });

      // A consumer that is not ours reads the same alerts.
      assertThat(
              consumed.stream()
                  .filter(
                      alert ->
                          alert.getState() == AlertState.OPENED
                              && alert.getScope() == AlertScope.HOST
                              && alert.getFinding() instanceof ShiftFinding))
          .containsExactlyInAnyOrderElementsOf(outcome.alerts());
      assertThat(
              consumed.stream()
                  .filter(
                      alert ->
                          alert.getState() == AlertState.OPENED
                              && alert.getScope() == AlertScope.HOST
                              && !(alert.getFinding() instanceof ShiftFinding)))
          .singleElement()
          .satisfies(
              fact -> {
                assertThat(fact.getSubject()).startsWith("evidence/loader-variable/");
                assertThat(fact.getOpenedAt()).isAfter(outcome.swappedAt());
              });

      tellsTheSwap(answers.getFirst(), answers.getLast(), outcome);

      // What cannot be read is put aside, with its origin, and the topology goes on.
      assertThat(letters)
          .extracting(letter -> header(letter, "__streams.errors.topic"))
          .containsExactlyInAnyOrder("ssh.auth-timing", "ssh.session-cpu", "ssh.collector-status");
      assertThat(letters)
          .allSatisfy(
              letter -> {
                assertThat(letter.value()).asString().startsWith("garbage");
                assertThat(header(letter, "__streams.errors.offset")).containsOnlyDigits();
                assertThat(header(letter, "__streams.errors.message")).isNotBlank();
              });
      assertThat(measuredAfterwards).hasSize(2).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void should_raise_no_alert_when_sshd_is_restarted_unchanged() throws Exception {
      var settings =
          new Demo.DemoSettings(
              Duration.ZERO,
              Duration.ofSeconds(30),
              Duration.ofSeconds(30),
              false,
              Optional.empty());

      var outcome = demo.run(settings);

      assertThat(outcome.alerts()).isEmpty();
      assertThat(outcome.asExpected()).isTrue();
      assertThat(printed.toString()).contains("no alert");
    }
  }

  @Test
  void should_find_the_alert_again_in_the_recorded_run() throws Exception {
    var outcome = demo.replay();

    assertThat(outcome.asExpected()).isTrue();
    assertThat(outcome.alerts())
        .extracting(FindingView::signal)
        .containsExactlyInAnyOrder("startup", "cpu-startup");
    assertThat(outcome.alerts())
        .allSatisfy(
            alert ->
                assertThat(((ShiftFinding) alert.getFinding()).getShift() / NANOS_PER_MILLI)
                    .isBetween(450.0, 550.0));
    assertThat(printed.toString())
        .contains(": sshd startup ", ": sshd CPU in startup ", "Injected: 500 ms of CPU");
  }

  @Test
  void should_refuse_a_file_that_is_no_recording() throws IOException {
    var file = Files.writeString(Files.createTempFile("not-a", "recording"), "plain text");
    try {
      assertThatThrownBy(() -> demo.replay(file)).isInstanceOf(IOException.class);
    } finally {
      Files.delete(file);
    }
  }

  /// What the query API says of liblzma.
  ///
  /// @param where which hosts have it
  /// @param gate whether hosts that got another one are slower
  private record Answers(Whereabouts where, GateReport gate) {}

  private static Answers ask(Backend backend) throws InterruptedException {
    var client =
        new ApiClient(
            URI.create(backend.stream().url()), backend.apiToken(), Optional.<SSLContext>empty());
    var files =
        new ObjectQuery(
            Optional.of("liblzma.so.5"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var change =
        new GateQuery(
            Optional.empty(),
            Optional.of("liblzma"),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            GateQuery.USUAL_WITHIN,
            GateQuery.USUAL_CONFIDENCE,
            List.of());
    return new Answers(client.where(files).result(), client.gate(change).result());
  }

  /// The answers before and after the library was replaced: which file the host has, and whether it
  /// is safe to go on.
  private static void tellsTheSwap(Answers before, Answers after, Outcome outcome) {
    assertThat(before.where().found())
        .singleElement()
        .satisfies(
            known -> {
              assertThat(known.presence()).isEqualTo(Presence.IN_MEMORY);
              assertThat(known.file().packageName()).isEqualTo("liblzma5");
              assertThat(known.since()).as("it was there from the beginning").isEmpty();
            });
    assertThat(before.gate().verdict()).isEqualTo(Verdict.NOT_KNOWN_YET);
    assertThat(before.gate().hosts()).as("no host has another one").isZero();

    var original = before.where().found().getFirst().file();
    assertThat(after.where().found())
        .extracting(Whereabouts.Found::presence)
        .containsExactly(Presence.IN_MEMORY, Presence.HAD);
    assertThat(after.where().found().getFirst())
        .satisfies(
            slow -> {
              assertThat(slow.file().sha256()).isNotEqualTo(original.sha256());
              assertThat(slow.file().packageName()).isEmpty();
              assertThat(slow.since().orElseThrow())
                  .isBetween(outcome.swappedAt().minusSeconds(1), Instant.now());
            });
    assertThat(after.where().found().getLast().file().sha256()).isEqualTo(original.sha256());
    // Of each minute one login counts, which is too few for "slower" at 99 % and never "no slower".
    assertThat(after.gate().verdict()).isNotEqualTo(Verdict.NO_SLOWER);
  }

  private static void isTheNewLibrary(Change change) {
    assertThat(change.getSubject()).endsWith("/libslow.so.1");
    assertThat(change.getBefore()).isEmpty();
    assertThat(change.getPackageAfter()).isEmpty();
  }

  private static void isTheSlowLiblzma(Change change) {
    assertThat(change.getKind()).isEqualTo(ChangeKind.OBJECT);
    assertThat(change.getSubject()).endsWith("/liblzma.so.5");
    assertThat(change.getSubjectBefore()).contains("/liblzma.so.5.");
    assertThat(change.getBefore()).hasSize(64).isNotEqualTo(change.getAfter());
    assertThat(change.getAfter()).hasSize(64);
    assertThat(change.getPackageBefore()).startsWith("liblzma5 ");
    assertThat(change.getPackageAfter()).as("what nobody packaged").isEmpty();
    assertThat(change.getChain())
        .hasSizeGreaterThanOrEqualTo(3)
        .first()
        .asString()
        .endsWith("/sshd");
    assertThat(change.getChain()).last().isEqualTo(change.getSubject());
    assertThat(change.getInside()).isTrue();
  }

  private static Alert incident(List<Alert> alerts) {
    return alerts.stream()
        .filter(
            alert ->
                alert.getScope() == AlertScope.INCIDENT
                    && alert.getFinding() instanceof ShiftFinding)
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private static List<Alert> consumeAlerts(Demo.Up up) {
    var topic = Backend.TOPICS.alerts();
    var settings = consumerSettings(up);
    var alerts = new ArrayList<Alert>();
    try (var consumer =
        new KafkaConsumer<>(
            settings, new StringDeserializer(), topic.valueSerde().deserializer())) {
      consumer.subscribe(List.of(topic.name()));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> alerts.add(record.value()));
                // The fact is there first.
                var shifts =
                    alerts.stream()
                        .filter(alert -> alert.getFinding() instanceof ShiftFinding)
                        .toList();
                assertThat(shifts)
                    .extracting(Alert::getScope)
                    .as("%s", alerts)
                    .contains(AlertScope.INCIDENT);
                assertThat(shifts)
                    .filteredOn(alert -> alert.getState() == AlertState.OPENED)
                    .hasSizeGreaterThan(up.outcome().alerts().size());
              });
    }
    return alerts;
  }

  private static List<ConsumerRecord<byte[], byte[]>> sendGarbage(Demo.Up up) {
    var telemetry =
        List.<Topic<?>>of(
            Backend.TOPICS.authTiming(),
            Backend.TOPICS.sessionCpu(),
            Backend.TOPICS.collectorStatus());
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", up.backend().bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      telemetry.forEach(
          topic -> {
            var _ =
                producer.send(
                    new ProducerRecord<>(
                        topic.name(),
                        "some-host",
                        ("garbage for " + topic.name()).getBytes(StandardCharsets.UTF_8)));
          });
    }
    var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    Deserializer<byte[]> bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(consumerSettings(up), bytes, bytes)) {
      consumer.subscribe(List.of(Backend.TOPICS.deadLetters().name()));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
                return letters.size() >= telemetry.size();
              });
    }
    return letters;
  }

  /// What a person reads who looks at a metric.
  private static void explainsItsMetrics(PrometheusMeterRegistry registry, String component) {
    var lines = registry.scrape().lines().toList();
    assertThat(lines)
        .filteredOn(line -> line.startsWith("# HELP halfsecond_"))
        .hasSizeGreaterThan(10)
        .allSatisfy(help -> assertThat(help).matches("# HELP \\S+ \\S.{10,}"));
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "halfsecond_build_info{component=\"%s\",java=\"25".formatted(component)));
  }

  /// How many measurements there were before and after one more login.
  private static List<Double> measureOneMore(Demo.Up up) throws IOException, InterruptedException {
    var registry = up.backend().stream().registry();
    double before = measurements(registry);
    up.logins().attempt(Logins.Kind.GOOD_KEY);
    await().atMost(PATIENCE).until(() -> measurements(registry) > before);
    return List.of(before, measurements(registry));
  }

  private static double measurements(MeterRegistry registry) {
    var search = registry.find("halfsecond.measurements");
    return search.counters().stream().mapToDouble(Counter::count).sum()
        + search.functionCounters().stream().mapToDouble(FunctionCounter::count).sum();
  }

  private static Map<String, Object> consumerSettings(Demo.Up up) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", up.backend().bootstrapServers());
    settings.put("group.id", "another-team");
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    return settings;
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
