package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.HostMetrics;
import io.halfsecond.streams.processor.BeforeCommit;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.UnbrokenReading.Progress;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The topology on Kafka's test driver. Its wall clock starts at [Given#START] and advances to the
/// event time of each record sent, so event times are within bounds.
final class Harness implements AutoCloseable {
  static final Topics TOPICS = Topics.defaults();

  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final TravelledSchemas schemas = new TravelledSchemas(Patience.NONE);
  private Instant now = START;

  /// How many fetches the broker has answered; it is not known whether it does.
  private OptionalLong fetches = OptionalLong.empty();

  private boolean answers;
  private final TopologyTestDriver driver;
  private final TestInputTopic<String, AuthTiming> auth;
  private final TestInputTopic<String, SessionCpu> session;
  private final TestInputTopic<String, ProbeTiming> probe;
  private final TestInputTopic<String, SelfTestReport> selfTest;
  private final TestInputTopic<String, HostFingerprint> fingerprint;
  private final TestInputTopic<String, CollectorStatus> status;
  private final TestInputTopic<String, TamperEvidence> evidence;
  private final TestInputTopic<String, AlertControl> control;
  private final TestInputTopic<byte[], byte[]> rawAuth;
  private final TestInputTopic<byte[], byte[]> rawCohortInputs;
  private final TestInputTopic<byte[], byte[]> rawProfiles;
  private final TestOutputTopic<String, Alert> alerts;
  private final TestOutputTopic<String, CohortProfile> profiles;
  private final TestOutputTopic<String, byte[]> rawAlerts;
  private final TestOutputTopic<String, byte[]> rawAlertsJson;
  private final TestOutputTopic<byte[], byte[]> deadLetters;

  Harness(Path stateDirectory) {
    this(settings(stateDirectory));
  }

  /// With records that prove who they are from.
  static Harness authenticating(Path stateDirectory, AuthenticationSettings authentication) {
    var defaults = settings(stateDirectory);
    return new Harness(
        new StreamsSettings(
            defaults.bootstrapServers(),
            defaults.topics(),
            defaults.application(),
            defaults.detector(),
            defaults.timeBounds(),
            authentication,
            defaults.hostMetrics(),
            defaults.kafka()));
  }

  /// With alerts as JSON beside those in Avro.
  static Harness writingJson(Path stateDirectory) {
    var defaults = settings(stateDirectory);
    return new Harness(
        new StreamsSettings(
            defaults.bootstrapServers(),
            TOPICS.withAlertsJson(),
            defaults.application(),
            defaults.detector(),
            defaults.timeBounds(),
            defaults.authentication(),
            defaults.hostMetrics(),
            defaults.kafka()));
  }

  /// With details of so many hosts.
  static Harness showing(Path stateDirectory, HostMetrics hosts) {
    var defaults = settings(stateDirectory);
    return new Harness(
        new StreamsSettings(
            defaults.bootstrapServers(),
            defaults.topics(),
            defaults.application(),
            defaults.detector(),
            defaults.timeBounds(),
            defaults.authentication(),
            hosts,
            defaults.kafka()));
  }

  /// With limits of hosts.
  static Harness keeping(Path stateDirectory, int maxHosts, OptionalInt newAnHour) {
    var defaults = StreamsSettings.Application.defaults(stateDirectory);
    return new Harness(
        StreamsSettings.defaults(
            "127.0.0.1:9092",
            new StreamsSettings.Application(
                defaults.id(),
                defaults.stateDirectory(),
                defaults.threads(),
                defaults.replicationFactor(),
                defaults.standbyReplicas(),
                defaults.commitInterval(),
                defaults.instance(),
                new StreamsSettings.HostBounds(maxHosts, newAnHour))));
  }

  private Harness(StreamsSettings settings) {
    var properties = settings.properties(registry, () -> now);
    // The driver has no transactions, and with exactly-once it withholds dead letters of unreadable
    // bytes.
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    driver =
        new TopologyTestDriver(
            HalfsecondTopology.build(
                settings, registry, () -> now, schemas, new Board(registry), this::progress),
            properties,
            START);
    auth = input(TOPICS.authTiming());
    session = input(TOPICS.sessionCpu());
    probe = input(TOPICS.probe());
    selfTest = input(TOPICS.selfTest());
    fingerprint = input(TOPICS.hostFingerprint());
    status = input(TOPICS.collectorStatus());
    evidence = input(TOPICS.evidence());
    control = input(TOPICS.control());
    rawAuth = raw(TOPICS.authTiming().name());
    rawCohortInputs = raw(StreamsSettings.DEFAULT_APPLICATION_ID + "-by-cohort-repartition");
    rawProfiles = raw(TOPICS.cohorts().name());
    alerts =
        driver.createOutputTopic(
            TOPICS.alerts().name(),
            new StringDeserializer(),
            TOPICS.alerts().valueSerde().deserializer());
    profiles =
        driver.createOutputTopic(
            TOPICS.cohorts().name(),
            new StringDeserializer(),
            TOPICS.cohorts().valueSerde().deserializer());
    rawAlerts =
        driver.createOutputTopic(
            TOPICS.alerts().name(), new StringDeserializer(), new ByteArrayDeserializer());
    rawAlertsJson =
        driver.createOutputTopic(
            TOPICS.withAlertsJson().alertsJson().orElseThrow().name(),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    deadLetters =
        driver.createOutputTopic(
            TOPICS.deadLetters().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static StreamsSettings settings(Path stateDirectory) {
    return StreamsSettings.defaults(
        "127.0.0.1:9092", StreamsSettings.Application.defaults(stateDirectory));
  }

  private <V> TestInputTopic<String, V> input(Topic<V> topic) {
    return driver.createInputTopic(
        topic.name(), new StringSerializer(), topic.valueSerde().serializer());
  }

  private TestInputTopic<byte[], byte[]> raw(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void send(AuthTiming.Builder timing) {
    send(timing.getHost(), timing.build());
  }

  void send(String key, AuthTiming timing) {
    arriveAt(timing.getDecidedAt());
    auth.pipeInput(key, timing);
  }

  /// Like [#send], without advancing the wall clock.
  void sendFromAnotherTime(AuthTiming timing) {
    auth.pipeInput(timing.getHost(), timing);
  }

  void sendFromAnotherTime(CollectorStatus heartbeat) {
    status.pipeInput(heartbeat.getHost(), heartbeat);
  }

  void send(SessionCpu.Builder cpu) {
    arriveAt(cpu.getEndedAt());
    session.pipeInput(cpu.getHost(), cpu.build());
  }

  void send(ProbeTiming.Builder timing) {
    send(new Telemetry.Probe(timing.build()));
  }

  void send(SelfTestReport.Builder report) {
    send(new Telemetry.SelfTest(report.build()));
  }

  void send(HostFingerprint.Builder found) {
    send(new Telemetry.Inventory(found.build()));
  }

  void send(CollectorStatus.Builder heartbeat) {
    arriveAt(heartbeat.getAt());
    status.pipeInput(heartbeat.getHost(), heartbeat.build());
  }

  void send(Telemetry telemetry) {
    sendAt(telemetry.at(), telemetry);
  }

  /// Sends a record that arrives at a time which its own does not tell.
  void sendAt(Instant arrival, Telemetry telemetry) {
    arriveAt(arrival);
    switch (telemetry) {
      case Telemetry.Authentication(var timing) -> auth.pipeInput(timing.getHost(), timing);
      case Telemetry.Session(var cpu) -> session.pipeInput(cpu.getHost(), cpu);
      case Telemetry.Probe(var timing) -> probe.pipeInput(timing.getHost(), timing);
      case Telemetry.SelfTest(var report) -> selfTest.pipeInput(report.getHost(), report);
      case Telemetry.Inventory(var found) -> fingerprint.pipeInput(found.getHost(), found);
      case Telemetry.Heartbeat(var heartbeat) -> status.pipeInput(heartbeat.getHost(), heartbeat);
      case Telemetry.Tampering(var found) -> evidence.pipeInput(found.getHost(), found);
    }
  }

  /// Sends a record with the code that the sealer makes for it.
  void send(Sealer sealer, AuthTiming timing) {
    send(sealer, new Telemetry.Authentication(timing));
  }

  /// The same for a record of any topic.
  void send(Sealer sealer, Telemetry telemetry) {
    arriveAt(telemetry.at());
    var host = telemetry.host();
    switch (telemetry) {
      case Telemetry.Authentication(var timing) ->
          auth.pipeInput(sealed(sealer, TOPICS.authTiming(), host, timing));
      case Telemetry.Session(var cpu) ->
          session.pipeInput(sealed(sealer, TOPICS.sessionCpu(), host, cpu));
      case Telemetry.Probe(var timing) ->
          probe.pipeInput(sealed(sealer, TOPICS.probe(), host, timing));
      case Telemetry.SelfTest(var report) ->
          selfTest.pipeInput(sealed(sealer, TOPICS.selfTest(), host, report));
      case Telemetry.Inventory(var found) ->
          fingerprint.pipeInput(sealed(sealer, TOPICS.hostFingerprint(), host, found));
      case Telemetry.Heartbeat(var heartbeat) ->
          status.pipeInput(sealed(sealer, TOPICS.collectorStatus(), host, heartbeat));
      case Telemetry.Tampering(var found) ->
          evidence.pipeInput(sealed(sealer, TOPICS.evidence(), host, found));
    }
  }

  /// Sends a record with a header as given.
  void send(byte[] code, AuthTiming timing) {
    send((_, _, _) -> code, timing);
  }

  private static <V> TestRecord<String, V> sealed(
      Sealer sealer, Topic<V> topic, String key, V value) {
    var bytes = topic.valueSerde().serializer().serialize(topic.name(), value);
    var headers = new RecordHeaders();
    byte[] code = sealer.seal(topic.name(), key, bytes);
    if (code.length > 0) {
      headers.add(Sealer.HEADER, code);
    }
    return new TestRecord<>(key, value, headers);
  }

  /// Everything in the stores, as bytes in hexadecimal digits, by store and key.
  Map<String, Map<String, String>> stored() {
    var all = new TreeMap<String, Map<String, String>>();
    driver
        .getAllStateStores()
        .forEach(
            (name, store) -> {
              var entries = new TreeMap<String, String>();
              if (store instanceof KeyValueStore<?, ?> byKey) {
                try (var each = byKey.all()) {
                  each.forEachRemaining(
                      entry -> entries.put(entry.key.toString(), hex(entry.value)));
                }
              } else if (!(store instanceof BeforeCommit)) {
                throw new IllegalStateException("a store of another kind: " + name);
              }
              all.put(name, entries);
            });
    return all;
  }

  private static String hex(Object value) {
    return HexFormat.of()
        .formatHex(
            switch (value) {
              case byte[] bytes -> bytes;
              case HostState state -> state.toBytes();
              case Alert alert -> AvroSerde.of(Alert.class).encode(alert);
              default -> throw new IllegalStateException("a value of another kind: " + value);
            });
  }

  /// Sends a decision about an alert, made now.
  ///
  /// @return what was sent
  AlertControl decide(Alert alert, Decision decision, String why) {
    return decide(
        alert.getHost().isEmpty() ? alert.getCohort() : alert.getHost(), alert, decision, why);
  }

  AlertControl decide(String key, Alert alert, Decision decision, String why) {
    return decide(Sealer.NONE, "alice@bastion", key, alert, decision, why);
  }

  AlertControl decide(
      Sealer sealer, String who, String key, Alert alert, Decision decision, String why) {
    var acknowledgement =
        Acknowledgement.newBuilder()
            .setDecision(decision)
            .setWho(who)
            .setAt(now)
            .setWhy(why)
            .build();
    var control = Given.decided(alert, acknowledgement);
    this.control.pipeInput(sealed(sealer, TOPICS.control(), key, control));
    return control;
  }

  void sendBytes(byte @Nullable [] value) {
    sendRecord(new TestRecord<>(HOST.getBytes(UTF_8), value, now));
  }

  /// To the topic of authentications.
  void sendRecord(TestRecord<byte[], byte[]> record) {
    rawAuth.pipeInput(record);
  }

  /// To the topology's own topic between hosts and cohorts.
  void sendToCohorts(TestRecord<byte[], byte[]> record) {
    rawCohortInputs.pipeInput(record);
  }

  /// To the topic of profiles, which the topology writes and reads.
  void sendProfile(TestRecord<byte[], byte[]> record) {
    rawProfiles.pipeInput(record);
  }

  /// Whether the broker answers the topology. Until this is told, nobody is judged to be silent.
  void brokerAnswers(boolean answering) {
    answers = answering;
    fetches = OptionalLong.of(fetches.orElse(0));
  }

  private Optional<Progress> progress() {
    if (answers) {
      fetches = OptionalLong.of(fetches.orElse(0) + 30);
    }
    return fetches.isPresent()
        ? Optional.of(new Progress((double) fetches.getAsLong(), Double.NaN))
        : Optional.empty();
  }

  void pass(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  Instant now() {
    return now;
  }

  private void arriveAt(Instant at) {
    if (at.isAfter(now)) {
      pass(Duration.between(now, at));
    }
  }

  /// The alerts since the last call.
  List<Alert> alerts() {
    return alerts.readValuesToList();
  }

  /// The profiles since the last call.
  List<CohortProfile> profiles() {
    return profiles.readValuesToList();
  }

  List<TestRecord<String, byte[]>> alertRecords() {
    return rawAlerts.readRecordsToList();
  }

  /// The same of the topic in JSON.
  List<TestRecord<String, byte[]>> rawAlertsJson() {
    return rawAlertsJson.readRecordsToList();
  }

  List<TestRecord<byte[], byte[]>> deadLetters() {
    return deadLetters.readRecordsToList();
  }

  /// The info series of the open alert on a signal: 1, or not a number.
  double open(String signal) {
    return openSeries(signal)
        .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .orElse(Double.NaN);
  }

  /// A figure of the open alert on a signal.
  double figure(String name, String signal) {
    var id = openSeries(signal).orElseThrow().replaceFirst(".*,id=(\"\\w+\"),.*", "$1");
    return scraped("%s{id=%s}".formatted(name, id));
  }

  private Optional<String> openSeries(String signal) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("halfsecond_alert_info{"))
        .filter(line -> line.contains("signal=\"%s\"".formatted(signal)))
        .findFirst();
  }

  /// The value of a meter in a scrape; NaN if it is missing.
  ///
  /// @param series name and labels as in a scrape, for example `up{job="x"}`
  double scraped(String series) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    driver.close();
    registry.close();
  }
}
