package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.telemetry.CollectorRuns;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Losses;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Finds hosts that are not watched any more, and whose collector did not say that it was stopped:
/// it is silent, starts again and again, has lost a source, or its records do not come.
///
/// **Silence** is judged by the wall clock, from [#silent] alone. All else follows from the
/// telemetry. Hosts of a cohort with the same fact are one incident: a site that goes dark is one
/// alert with its members.
///
/// Not safe for use by several threads.
final class SilenceFinder implements Finder<Reading> {
  static final String RULE = "silence";

  /// Prefix of the subjects of this finder only.
  private static final String PREFIX = RULE + "/";

  private static final String SOURCE = PREFIX + "source/";

  /// Six heartbeats at the default. A start of the collector, a leader of a partition that moves
  /// and a request that times out take less.
  static final Duration SILENT_AFTER = Duration.ofMinutes(1);

  /// Heartbeats that may be missing where they are rarer.
  static final int HEARTBEATS = 3;

  /// Of a collector that does not tell how often it sends heartbeats.
  static final Duration UNKNOWN_SILENT_AFTER = Duration.ofMinutes(10);

  private static final Duration MISSING_EVERY = Duration.ofMinutes(10);

  /// A host that was silent for longer when it was first looked at is no news.
  static final Duration FORGOTTEN_AFTER = Duration.ofDays(7);

  /// What is known of a host since this engine was made.
  private static final class Watched {
    private String run = "";
    private long heardMillis;
    private long silentAfterMillis;
    private boolean goodbye;
    private boolean told;

    /// An alert may be open or accepted: otherwise no store needs to be asked at each heartbeat.
    private boolean mayBeOpen;

    private void hears(HostState state, long nowMillis) {
      var runs = state.collectorRuns();
      run = runs.current();
      heardMillis = nowMillis;
      goodbye = runs.goodbye();
      silentAfterMillis =
          runs.heartbeat()
              .map(every -> Math.max(SILENT_AFTER.toMillis(), HEARTBEATS * every.toMillis()))
              .orElse(UNKNOWN_SILENT_AFTER.toMillis());
    }
  }

  private final HostStates hosts;
  private final OpenAlerts alerts;
  private final HostFacts silence;
  private final HostFacts restarts;
  private final HostFacts numbers;
  private final Map<String, Watched> watched = new HashMap<>();

  SilenceFinder(HostStates hosts, OpenAlerts alerts) {
    this.hosts = hosts;
    this.alerts = alerts;
    this.silence = facts(PREFIX + "collector", "collector silent without a goodbye", Tier.STEP);
    this.restarts =
        facts(
            PREFIX + "restarts", "collector starts again and again without a goodbye", Tier.CREEP);
    this.numbers =
        facts(PREFIX + "numbers", "records that Kafka has acknowledged are missing", Tier.CREEP);
  }

  private HostFacts facts(String subject, String about, Tier tier) {
    return new HostFacts(alerts, subject, RULE, about, tier, host -> hosts.get(host).cohort());
  }

  private HostFacts source(String name) {
    return facts(SOURCE + name, "source %s delivers no more".formatted(name), Tier.CREEP);
  }

  /// A host is in the stores after a restart. It has the whole time to be heard, unless it is known
  /// to be silent.
  List<Output> resume(String host, long nowMillis) {
    var state = hosts.get(host);
    if (state.heartbeat().equals(Instant.MIN)) {
      return List.of();
    }
    var known = watched.computeIfAbsent(host, _ -> new Watched());
    known.hears(state, nowMillis);
    known.told = silence.isKnown(host);
    known.mayBeOpen = known.told;
    return known.told ? List.of(new Output.FellSilent(host)) : List.of();
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    var host = reading.host();
    var state = hosts.get(host);
    var out = new ArrayList<Output>();
    if (state.newlyMissing() > 0) {
      out.addAll(missing(host, state, reading.at()));
    }
    if (reading.telemetry() instanceof Telemetry.Heartbeat(var status)) {
      out.addAll(heard(host, state, status, nowMillis));
      out.addAll(restarts(host, state, status.getAt()));
      out.addAll(sources(host, state.collectorRuns(), status));
    }
    return out;
  }

  /// A host that loses records all the time is told now and then, with what was lost in all.
  private List<Output> missing(String host, HostState state, Instant at) {
    if (numbers.toldAt(host).filter(last -> at.isBefore(last.plus(MISSING_EVERY))).isPresent()) {
      return List.of();
    }
    return numbers.happened(
        host,
        at,
        List.of(
            new Statement(
                "numbers",
                "%,d more at %s, %,d since the host was first seen"
                    .formatted(
                        state.newlyMissing(),
                        Words.time(at),
                        state.losses().totals().getOrDefault(Losses.MISSING, 0L)))));
  }

  private List<Output> heard(String host, HostState state, CollectorStatus status, long nowMillis) {
    var known = watched.computeIfAbsent(host, _ -> new Watched());
    var before = known.run;
    known.hears(state, nowMillis);
    known.told = false;
    if (!known.mayBeOpen) {
      return List.of();
    }
    known.mayBeOpen = false;
    return silence.over(
        host,
        status.getAt(),
        known.run.equals(before)
            ? "the same run goes on; it did not reach Kafka, or the host slept"
            : "the collector was started again " + Words.time(status.getStartedAt()));
  }

  private List<Output> restarts(String host, HostState state, Instant at) {
    var runs = state.collectorRuns();
    var times = runs.restarts();
    if (times.isEmpty()) {
      return List.of();
    }
    if (runs.steady(at)) {
      runs.forgetRestarts();
      hosts.put(host, state);
      return restarts.over(host, at);
    }
    return restarts.observed(
        host,
        at,
        "%d times within %s"
            .formatted(
                times.size(), Words.span(Duration.between(times.getFirst(), times.getLast()))),
        List.of(
            new Statement(
                "runs",
                "began "
                    + times.stream().map(Words::time).collect(Collectors.joining(", "))
                    + ", and the one before had not been stopped on purpose")));
  }

  private List<Output> sources(String host, CollectorRuns runs, CollectorStatus status) {
    var out = new ArrayList<Output>();
    for (var name : runs.recovered()) {
      out.addAll(source(name).over(host, status.getAt()));
    }
    for (var name : runs.lost()) {
      out.addAll(
          source(name)
              .observed(
                  host,
                  status.getAt(),
                  List.of(
                      new Statement(
                          "source " + name, "was there, and is not: " + why(status, name)))));
    }
    return out;
  }

  private static String why(CollectorStatus status, String name) {
    return status.getSources().stream()
        .filter(
            source -> source.getName().equals(name) && source.getState() == SourceState.UNAVAILABLE)
        .map(SourceStatus::getDetail)
        .filter(detail -> !detail.isBlank())
        .findFirst()
        .orElse("stopped");
  }

  /// Judges who is silent.
  ///
  /// @param nowMillis wall clock
  /// @param readingSinceMillis since when it is sure that what collectors send would be read
  List<Output> silent(long nowMillis, long readingSinceMillis) {
    var out = new ArrayList<Output>();
    watched.forEach(
        (host, known) -> {
          // The clock may have been set back.
          known.heardMillis = Math.min(known.heardMillis, nowMillis);
          long waited = nowMillis - Math.max(known.heardMillis, readingSinceMillis);
          if (!known.goodbye && !known.told && waited >= known.silentAfterMillis) {
            known.told = true;
            out.addAll(tell(host, known, nowMillis));
          }
        });
    return out;
  }

  private List<Output> tell(String host, Watched known, long nowMillis) {
    var last = hosts.get(host).heartbeat();
    if (nowMillis - last.toEpochMilli() > FORGOTTEN_AFTER.toMillis()) {
      return List.of();
    }
    known.mayBeOpen = true;
    var out = new ArrayList<Output>();
    out.add(new Output.FellSilent(host));
    out.addAll(
        silence.observed(
            host,
            Instant.ofEpochMilli(nowMillis),
            "last heartbeat " + Words.time(last),
            List.of(
                new Statement("heartbeat", "none since " + Words.time(last)),
                new Statement("run " + known.run, "has said no goodbye"))));
    return out;
  }

  @Override
  public void forget(String host) {
    watched.remove(host);
  }

  @Override
  public boolean owns(String subject) {
    return subject.startsWith(PREFIX);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return facts(control.getSubject(), "", Tier.UNKNOWN).decide(control);
  }
}
