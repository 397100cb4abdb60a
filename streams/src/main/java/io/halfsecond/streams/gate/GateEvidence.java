package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the trials of some hosts say about a question. The evidence of several instances adds up.
///
/// **Assumes** that all parts are evidence about the same question.
///
/// @param hosts with the change, by name
/// @param differences of all hosts together, for the estimates
/// @param unreadable trials that could not be read
public record GateEvidence(
    Map<String, HostEvidence> hosts, Map<Signal, Differences> differences, int unreadable) {

  /// One host with the change.
  ///
  /// @param begin since when it is measured
  /// @param changes all that changed on it in the week before, the latest last
  /// @param accompanied whether it is compared with hosts without the change, or with its past
  ///   alone
  /// @param signals none if too little is known of its past
  public record HostEvidence(
      Instant begin, List<TrialChange> changes, boolean accompanied, Map<Signal, Signs> signals) {
    public HostEvidence {
      changes = List.copyOf(changes);
      signals = Map.copyOf(signals);
    }

    /// The evidence of one trial.
    public static HostEvidence of(GateQuestion question, Trial trial) {
      var signals = new EnumMap<Signal, Signs>(Signal.class);
      for (var key : trial.keys()) {
        if (question.signals().contains(key.signal())) {
          signals.merge(
              key.signal(), Signs.of(question.withinNanos(), key, trial.begin()), Signs::plus);
        }
      }
      return new HostEvidence(trial.begin(), trial.changes(), trial.isAccompanied(), signals);
    }
  }

  /// What the pairs of a host say about one signal.
  ///
  /// @param pairs differences, of all strata
  /// @param above those beyond the slowdown that does not matter
  /// @param below those below it
  /// @param room how many more pairs it would take
  /// @param last when the newest pair was measured; the begin if there is none
  public record Signs(long pairs, long above, long below, long room, Instant last) {
    /// The median of fewer pairs is not worth a word.
    private static final int FEWEST = 5;

    private static Signs of(double withinNanos, TrialKey key, Instant begin) {
      long above = 0;
      long below = 0;
      long micros = 0;
      for (var pair : key.pairs()) {
        above += pair.difference() > withinNanos ? 1 : 0;
        below += pair.difference() < withinNanos ? 1 : 0;
        micros = Math.max(micros, pair.micros());
      }
      return new Signs(
          key.pairs().size(), above, below, key.room(), begin.plusNanos(1_000 * micros));
    }

    private Signs plus(Signs other) {
      return new Signs(
          pairs + other.pairs,
          above + other.above,
          below + other.below,
          room + other.room,
          last.isAfter(other.last) ? last : other.last);
    }

    /// Whether the host shows the slowdown by itself: its median is beyond the limit.
    public boolean shows() {
      return pairs >= FEWEST && 2 * above > pairs;
    }
  }

  public GateEvidence {
    hosts = Map.copyOf(hosts);
    differences = Map.copyOf(differences);
  }

  /// No host.
  public static GateEvidence none() {
    return new GateEvidence(Map.of(), Map.of(), 0);
  }

  /// Both together, in any order.
  ///
  /// @throws IllegalArgumentException if a host is in both: its trial is in one store
  public GateEvidence plus(GateEvidence other) {
    var all = new TreeMap<>(hosts);
    other.hosts.forEach(
        (host, evidence) -> {
          if (all.put(host, evidence) != null) {
            throw new IllegalArgumentException("two trials of the host " + host);
          }
        });
    var sums = new EnumMap<Signal, Differences>(Signal.class);
    sums.putAll(differences);
    other.differences.forEach((signal, each) -> sums.merge(signal, each, Differences::plus));
    return new GateEvidence(all, sums, unreadable + other.unreadable);
  }

  /// Gathers the evidence of the trials in a store. Each value is decoded by itself, so the store
  /// may be in use meanwhile.
  ///
  /// Not safe for use by several threads.
  public static final class Collector {
    private final GateQuestion question;
    private final TrialFilter filter;
    private final Instant now;
    private final Map<String, HostEvidence> hosts = new TreeMap<>();
    private final Map<Signal, List<Float>> differences = new EnumMap<>(Signal.class);
    private int unreadable;

    /// @param now trials that are over by then do not count
    public Collector(GateQuestion question, TrialFilter filter, Instant now) {
      this.question = question;
      this.filter = filter;
      this.now = now;
    }

    /// Takes an entry of the store.
    public Collector add(String host, byte[] bytes) {
      Trial trial;
      try {
        trial = Trial.fromBytes(bytes);
      } catch (IllegalArgumentException e) {
        unreadable++;
        return this;
      }
      if (!trial.isOver(now) && filter.takes(host, trial.changes())) {
        add(host, trial);
      }
      return this;
    }

    private void add(String host, Trial trial) {
      hosts.put(host, HostEvidence.of(question, trial));
      for (var key : trial.keys()) {
        if (question.signals().contains(key.signal())) {
          var all = differences.computeIfAbsent(key.signal(), _ -> new ArrayList<>());
          key.pairs().forEach(pair -> all.add(pair.difference()));
        }
      }
    }

    public GateEvidence evidence() {
      var sums = new EnumMap<Signal, Differences>(Signal.class);
      differences.forEach((signal, all) -> sums.put(signal, Differences.of(all)));
      return new GateEvidence(hosts, sums, unreadable);
    }
  }
}
