package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.engine.Background;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.NotableHosts;
import io.halfsecond.streams.metric.NotableHosts.Candidate;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Losses;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows evidence, baselines, heartbeats and losses of the hosts of one task: a few series of every
/// host, and all of those of [NotableHosts]. What is not shown is kept as figures, so that the
/// details of a host appear with its present values as soon as it becomes notable.
final class HostBoard implements AutoCloseable {
  /// With [io.halfsecond.streams.metric.HostMetrics#NONE], the heartbeat of a collector is shown
  /// after so many missed ones at the default of 10 s: before a rule asks for it, after 3 minutes.
  private static final Duration SILENT = Duration.ofMinutes(1);

  /// The signal whose baseline every host shows: the first to move if a library becomes slow.
  static final Signal LEADING_SIGNAL = Signal.STARTUP;

  private static final Tag GOODBYE = Tag.of("goodbye", "yes");
  private static final Tag NO_GOODBYE = Tag.of("goodbye", "no");

  /// Evidence and size of the baseline of a signal, or of a host.
  private record Gauges(DoubleConsumer ratio, DoubleConsumer connections) {}

  private static final class Row {
    private final Tags tags;
    private final HostEvidence evidence = new HostEvidence();

    /// What every host shows; null if hosts show nothing.
    private final @Nullable Gauges summary;

    private String cohort = "";
    private Instant heartbeat = Instant.MIN;

    /// Present while no heartbeat comes: the labels of its gauge.
    private Optional<Tags> silence = Optional.empty();

    private Map<String, Long> losses = Map.of();
    private final Set<String> openAlerts = new HashSet<>(1);

    /// Null while the details are not shown.
    private @Nullable Map<Signal, Gauges> details;

    private Row(Tags tags, @Nullable Gauges summary) {
      this.tags = tags;
      this.summary = summary;
    }
  }

  private final Board.Section board;
  private final NotableHosts hosts;
  private final NotableHosts.Section notable;
  private final BackgroundBoard backgrounds;
  private final Map<String, Row> rows = new HashMap<>();

  HostBoard(Board board, NotableHosts hosts) {
    this.board = board.section();
    this.hosts = hosts;
    this.notable = hosts.section();
    this.backgrounds = new BackgroundBoard(board);
  }

  /// A record of a host was measured. It comes before its evidence.
  void measured(String host) {
    row(host);
  }

  /// @param ratio evidence divided by the limit: an alert opens at 1
  /// @param connections number of connections in the baseline
  void evidence(SignalKey key, double ratio, long connections) {
    var row = row(key.owner());
    row.evidence.set(key.signal(), key.stratum(), ratio, connections);
    if (row.summary != null) {
      row.summary.ratio.accept(row.evidence.largest());
      if (key.signal() == LEADING_SIGNAL) {
        row.summary.connections.accept((double) row.evidence.connections(LEADING_SIGNAL));
      }
    }
    if (row.details != null) {
      showEvidence(row, row.details, key.signal());
    }
  }

  void heartbeat(String host, HostState state) {
    var row = row(host);
    row.heartbeat = state.heartbeat();
    row.losses = state.losses().totals();
    silence(row, state.collectorRuns().goodbye() ? Optional.of(GOODBYE) : Optional.empty());
    if (!hosts.anyShown()) {
      board.remove(Meters.HEARTBEAT, row.tags);
      return;
    }
    showHeartbeat(row);
    if (!row.cohort.equals(state.cohort())) {
      board.remove(Meters.HOST_DETAILS, ofCohort(row));
      row.cohort = state.cohort();
      showWhetherDetailed(row);
    }
    // Shown as 0 at first, so that Prometheus sees its increase.
    lost(row, Losses.MISSING, row.losses.getOrDefault(Losses.MISSING, 0L));
    long all = 0;
    for (var loss : row.losses.entrySet()) {
      all += loss.getKey().equals(Losses.RESTART) ? 0 : loss.getValue();
    }
    board.counter(Meters.HOST_LOST, row.tags, (double) all);
    if (row.details != null) {
      showLosses(row);
    }
  }

  /// No heartbeat comes from a host whose collector has not said goodbye.
  void silent(String host) {
    silence(row(host), Optional.of(NO_GOODBYE));
  }

  /// @param goodbye whether the collector has said it; empty while heartbeats come
  private void silence(Row row, Optional<Tag> goodbye) {
    var now = goodbye.map(row.tags::and);
    if (!now.equals(row.silence)) {
      row.silence.ifPresent(tags -> board.remove(Meters.SILENT, tags));
      now.ifPresent(tags -> board.gauge(Meters.SILENT, tags, 1));
      row.silence = now;
    }
  }

  void open(Alert alert) {
    if (alert.getScope() == AlertScope.HOST && AlertBoard.isShown(alert)) {
      var row = row(alert.getHost());
      row.openAlerts.add(alert.getAlertId());
      notable.alerted(alert.getHost(), true);
      show(alert.getHost(), row);
    }
  }

  void over(Alert alert) {
    var row = rows.get(alert.getHost());
    if (row != null && row.openAlerts.remove(alert.getAlertId()) && row.openAlerts.isEmpty()) {
      notable.alerted(alert.getHost(), false);
    }
  }

  /// A host is no longer kept.
  void retire(String host) {
    var row = rows.remove(host);
    if (row == null) {
      return;
    }
    if (row.details != null) {
      hide(row, row.details);
    }
    notable.alerted(host, false);
    backgrounds.hide(host);
    silence(row, Optional.empty());
    board.remove(Meters.HOST_DETAILS, ofCohort(row));
    for (var meter : List.of(Meters.HOST_EVIDENCE, Meters.HOST_LOST, Meters.HEARTBEAT)) {
      board.remove(meter, row.tags);
    }
    board.remove(Meters.BASELINE_CONNECTIONS, ofSignal(row.tags, LEADING_SIGNAL));
    board.remove(Meters.LOST, row.tags.and("reason", Losses.MISSING));
  }

  /// Decides anew whose details are shown. Called every few seconds of wall clock.
  ///
  /// @param background of a host
  void refresh(long nowMillis, Function<String, Background> background) {
    notable.offer(
        rows.entrySet().stream()
            .map(row -> new Candidate(row.getKey(), row.getValue().evidence.largest()))
            .toList());
    rows.forEach(this::show);
    backgrounds.refresh(
        rows.entrySet().stream()
            .filter(row -> row.getValue().details != null)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()),
        background);
    if (!hosts.anyShown()) {
      var before = Instant.ofEpochMilli(nowMillis).minus(SILENT);
      rows.values().stream()
          .filter(row -> row.heartbeat.isBefore(before))
          .forEach(this::showHeartbeat);
    }
  }

  private Row row(String host) {
    var known = rows.get(host);
    if (known != null) {
      return known;
    }
    var tags = Tags.of("host", host);
    var summary =
        hosts.anyShown()
            ? new Gauges(
                board.often(Meters.HOST_EVIDENCE, tags),
                board.often(Meters.BASELINE_CONNECTIONS, ofSignal(tags, LEADING_SIGNAL)))
            : null;
    var row = new Row(tags, summary);
    rows.put(host, row);
    notable.appeared(host);
    if (hosts.anyShown()) {
      showWhetherDetailed(row);
    }
    show(host, row);
    return row;
  }

  private void show(String host, Row row) {
    boolean wanted = hosts.isNotable(host);
    if (wanted && row.details == null) {
      var details = new EnumMap<Signal, Gauges>(Signal.class);
      row.details = details;
      showWhetherDetailed(row);
      row.evidence.signals().forEach(signal -> showEvidence(row, details, signal));
      showLosses(row);
    } else if (!wanted && row.details != null) {
      hide(row, row.details);
      row.details = null;
      showWhetherDetailed(row);
    }
  }

  private void hide(Row row, Map<Signal, Gauges> details) {
    for (var signal : details.keySet()) {
      var tags = ofSignal(row.tags, signal);
      board.remove(Meters.EVIDENCE_RATIO, tags);
      if (signal != LEADING_SIGNAL) {
        board.remove(Meters.BASELINE_CONNECTIONS, tags);
      }
    }
    for (var reason : row.losses.keySet()) {
      if (!reason.equals(Losses.MISSING)) {
        board.remove(Meters.LOST, row.tags.and("reason", reason));
      }
    }
  }

  private void showEvidence(Row row, Map<Signal, Gauges> details, Signal signal) {
    var gauges =
        details.computeIfAbsent(
            signal,
            added -> {
              var tags = ofSignal(row.tags, added);
              return new Gauges(
                  board.often(Meters.EVIDENCE_RATIO, tags),
                  board.often(Meters.BASELINE_CONNECTIONS, tags));
            });
    gauges.ratio.accept(row.evidence.largest(signal));
    if (signal != LEADING_SIGNAL) {
      gauges.connections.accept((double) row.evidence.connections(signal));
    }
  }

  private void showHeartbeat(Row row) {
    if (row.heartbeat.isAfter(Instant.MIN)) {
      board.gauge(Meters.HEARTBEAT, row.tags, row.heartbeat.toEpochMilli() / 1e3);
    }
  }

  private void showLosses(Row row) {
    row.losses.forEach((reason, count) -> lost(row, reason, count));
  }

  private void lost(Row row, String reason, long count) {
    if (!reason.equals(Losses.RESTART)) {
      board.counter(Meters.LOST, row.tags.and("reason", reason), (double) count);
    }
  }

  private void showWhetherDetailed(Row row) {
    board.gauge(Meters.HOST_DETAILS, ofCohort(row), row.details == null ? 0 : 1);
  }

  private static Tags ofCohort(Row row) {
    return row.tags.and("cohort", row.cohort);
  }

  private static Tags ofSignal(Tags host, Signal signal) {
    return host.and("signal", Signals.label(signal));
  }

  @Override
  public void close() {
    board.close();
    notable.close();
    backgrounds.close();
    rows.clear();
  }
}
