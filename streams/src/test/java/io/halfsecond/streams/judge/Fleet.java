package io.halfsecond.streams.judge;

import static io.halfsecond.streams.Given.id;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Hosts of one cohort and both judges, without Kafka between them.
final class Fleet {
  static final String COHORT = "debian-12";

  final List<Verdict> ofHosts = new ArrayList<>();
  final List<Verdict> ofCohort = new ArrayList<>();
  final PublishedProfiles profiles = new PublishedProfiles();
  final MapStore hostStates = new MapStore();
  final MapStore selfTestStates = new MapStore();
  final MapStore cohortStates = new MapStore();
  final MapStore knowledge = new MapStore();
  private final Map<String, HostState> hosts = new HashMap<>();
  private final DetectorSettings settings;
  private int connections;
  HostJudge hostJudge;
  CohortJudge cohortJudge;

  Fleet(DetectorSettings settings) {
    this.settings = settings;
    this.hostJudge = hostJudge();
    this.cohortJudge = cohortJudge();
  }

  /// As a restart would.
  void restart() {
    hostJudge = hostJudge();
    cohortJudge = cohortJudge();
    hosts.keySet().forEach(host -> hostJudge.resume(host, 0));
  }

  private HostJudge hostJudge() {
    return new HostJudge(
        settings,
        new HostJudge.Stores(KeyStates.writingThrough(hostStates), selfTestStates),
        host -> hosts.getOrDefault(host, HostState.fresh()),
        profiles,
        1,
        new HostJudge.Output() {
          @Override
          public void verdict(Verdict verdict) {
            ofHosts.add(verdict);
          }

          @Override
          public void deviation(Deviation deviation) {
            cohortJudge.take(deviation, 0);
          }

          @Override
          public void state(SignalKey key, double evidence, long baseline) {}
        });
  }

  private CohortJudge cohortJudge() {
    return new CohortJudge(
        settings,
        KeyStates.writingThrough(cohortStates),
        knowledge,
        profiles,
        new CohortJudge.Output() {
          @Override
          public void verdict(Verdict verdict) {
            ofCohort.add(verdict);
          }

          @Override
          public void profile(CohortProfile profile) {
            profiles.publish(profile);
          }
        });
  }

  /// One startup of one host.
  void connect(String host, Instant at, double nanos) {
    connections++;
    var timing = Given.auth(connections, at).setHost(host).setCohort(COHORT).build();
    hosts
        .computeIfAbsent(host, _ -> HostState.fresh())
        .accept(new Telemetry.Authentication(timing));
    hostJudge.take(
        host,
        new Reading(
            at,
            List.of(
                new Measurement(
                    Signal.STARTUP, "all", nanos, at, id(connections), host.hashCode(), 0.05))),
        0);
  }

  static <T> List<T> of(List<Verdict> verdicts, Class<T> step) {
    return verdicts.stream()
        .filter(Verdict.Step.class::isInstance)
        .map(Verdict.Step.class::cast)
        .map(Verdict.Step::step)
        .filter(step::isInstance)
        .map(step::cast)
        .toList();
  }

  /// A person's decision on the alert that a verdict is about.
  static AlertControl decide(Verdict verdict, Decision decision, Instant at) {
    var subject = verdict.subject();
    var openedAt = ((Verdict.Step) verdict).step().facts().openedAt();
    return AlertControl.newBuilder()
        .setAlertId(AlertIds.of(subject, openedAt))
        .setHost(subject.ofCohort() ? "" : subject.key().owner())
        .setCohort(subject.cohort())
        .setAcknowledgement(
            Acknowledgement.newBuilder()
                .setDecision(decision)
                .setWho("alice@bastion")
                .setAt(at)
                .setWhy("change 4711")
                .build())
        .build();
  }

  static final Duration HOUR = Duration.ofHours(1);
}
