package io.halfsecond.schemas;

import io.halfsecond.schemas.Topic.Cleanup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// The catalogue: the one place where the names, types, partitions and retention of all topics are
/// written.
///
/// @param authTiming one record per connection, when its authentication is decided
/// @param sessionCpu one record per connection, at its end
/// @param probe one record per round of the active probe
/// @param selfTest one record per self-test
/// @param hostFingerprint what the sshd of each host is made of: the newest record of a host is
///   kept
/// @param collectorStatus heartbeats
/// @param evidence evidence of tampering, when a collector finds it
/// @param alerts every step in the life of every alert
/// @param alertsJson the same as JSON, if it is wanted
/// @param control what people decide about alerts
/// @param cohorts what the hosts of each cohort look like, every six hours
/// @param schemas the schemas that records were written with, as JSON, by fingerprint
/// @param deadLetters what could not be read, as it came, with error and origin in its headers
public record Topics(
    Topic<AuthTiming> authTiming,
    Topic<SessionCpu> sessionCpu,
    Topic<ProbeTiming> probe,
    Topic<SelfTestReport> selfTest,
    Topic<HostFingerprint> hostFingerprint,
    Topic<CollectorStatus> collectorStatus,
    Topic<TamperEvidence> evidence,
    Topic<Alert> alerts,
    Optional<Topic<Alert>> alertsJson,
    Topic<AlertControl> control,
    Topic<CohortProfile> cohorts,
    Topic<String> schemas,
    Topic<byte[]> deadLetters) {

  /// What a name starts with unless the user says otherwise.
  public static final String DEFAULT_PREFIX = "ssh.";

  /// Twelve: divides evenly over 1, 2, 3, 4, 6 or 12 instances of the topology.
  public static final int DEFAULT_PARTITIONS = 12;

  private static final Duration TELEMETRY_RETENTION = Duration.ofDays(7);

  /// @param prefix what every topic's name starts with
  /// @param partitions of every topic but that of the schemas, which has one; the telemetry topics
  ///   must agree on it, for they are read together
  public static Topics of(String prefix, int partitions) {
    return new Topics(
        new Topic<>(
            prefix + "auth-timing",
            "host",
            AvroSerde.of(AuthTiming.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "session-cpu",
            "host",
            AvroSerde.of(SessionCpu.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "probe",
            "host",
            AvroSerde.of(ProbeTiming.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "self-test",
            "host",
            AvroSerde.of(SelfTestReport.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "host-fingerprint",
            "host",
            AvroSerde.of(HostFingerprint.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.COMPACT),
        new Topic<>(
            prefix + "collector-status",
            "host",
            AvroSerde.of(CollectorStatus.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "evidence",
            "host",
            AvroSerde.of(TamperEvidence.class),
            partitions,
            TELEMETRY_RETENTION,
            Cleanup.DELETE),
        new Topic<>(
            prefix + "alerts",
            "alert id",
            inAvro(AvroSerde.of(Alert.class), prefix + "alerts"),
            partitions,
            Duration.ofDays(90),
            Cleanup.COMPACT_AND_DELETE),
        Optional.empty(),
        new Topic<>(
            prefix + "control",
            "host or cohort",
            AvroSerde.of(AlertControl.class),
            partitions,
            Duration.ofDays(90),
            Cleanup.DELETE),
        // Longer than telemetry is kept: a replay finds what it was judged by.
        new Topic<>(
            prefix + "cohorts",
            "cohort, signal, stratum and time",
            AvroSerde.of(CohortProfile.class),
            partitions,
            Duration.ofDays(30),
            Cleanup.DELETE),
        // Every process writes its schemas at each start, and its readers need any of them once.
        new Topic<>(
            prefix + "schemas",
            "fingerprint",
            Serdes.String(),
            1,
            Duration.ofDays(1),
            Cleanup.COMPACT),
        new Topic<>(
            prefix + "dead-letters",
            "",
            Serdes.ByteArray(),
            partitions,
            Duration.ofDays(30),
            Cleanup.DELETE));
  }

  public static Topics defaults() {
    return of(DEFAULT_PREFIX, DEFAULT_PARTITIONS);
  }

  private static Serde<Alert> inAvro(AvroSerde<Alert> values, String name) {
    return new AlertEventSerde(values, source(name), "application/avro");
  }

  /// Which topology an alert is from: two that write to one cluster have different topics.
  private static String source(String alerts) {
    return "urn:halfsecond:" + alerts;
  }

  /// The same, whose alerts are also read with the schemas of a registry. To be called before
  /// [#reading].
  ///
  /// @param id of the schema of alerts there, to write with; empty to write as without it
  public Topics registered(RegisteredSchemas registry, OptionalInt id) {
    return withAlerts(
        alerts.with(inAvro(AvroSerde.of(Alert.class).registered(registry, id), alerts.name())),
        alertsJson);
  }

  /// The same with a topic for alerts as JSON. It is keyed, kept and cleaned up as that of alerts.
  public Topics withAlertsJson() {
    var json =
        new Topic<>(
            alerts.name() + "-json",
            alerts.keyedBy(),
            new AlertEventSerde(AlertJson.serde(), source(alerts.name()), "application/json"),
            alerts.partitions(),
            alerts.retention(),
            alerts.cleanup());
    return withAlerts(alerts, Optional.of(json));
  }

  private Topics withAlerts(Topic<Alert> avro, Optional<Topic<Alert>> json) {
    return new Topics(
        authTiming,
        sessionCpu,
        probe,
        selfTest,
        hostFingerprint,
        collectorStatus,
        evidence,
        avro,
        json,
        control,
        cohorts,
        schemas,
        deadLetters);
  }

  /// The same, whose values are also read with these schemas.
  public Topics reading(WriterSchemas others) {
    return new Topics(
        authTiming.reading(others),
        sessionCpu.reading(others),
        probe.reading(others),
        selfTest.reading(others),
        hostFingerprint.reading(others),
        collectorStatus.reading(others),
        evidence.reading(others),
        alerts.reading(others),
        alertsJson,
        control.reading(others),
        cohorts.reading(others),
        schemas,
        deadLetters);
  }

  public List<Topic<?>> all() {
    return Stream.concat(
            Stream.of(
                authTiming,
                sessionCpu,
                probe,
                selfTest,
                hostFingerprint,
                collectorStatus,
                evidence,
                alerts,
                control,
                cohorts,
                schemas,
                deadLetters),
            alertsJson.stream())
        .<Topic<?>>map(topic -> topic)
        .toList();
  }
}
