package io.halfsecond.streams.metric;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The hosts of an instance whose details are shown: those with an open alert, and those that lead
/// the evidence. An instance with [#LEADING] hosts or fewer shows the details of all of them.
///
/// A host that has begun to lead stays until [#STAYING] others lead before it, so that the series
/// of two hosts that overtake each other do not come and go.
///
/// Each task has a [Section]. Safe for use by several threads; a section is for one thread.
public final class NotableHosts {
  /// Enough to see what comes up in a fleet. Their details are some 5,500 series.
  static final int LEADING = 50;

  static final int STAYING = 2 * LEADING;

  /// Leading hosts first. Hosts with equal evidence are in an order that does not change.
  private static final Comparator<Candidate> BY_EVIDENCE =
      Comparator.comparingDouble(Candidate::evidence).reversed().thenComparing(Candidate::host);

  /// A host that may lead.
  ///
  /// @param evidence divided by its limit, the largest of its signals
  public record Candidate(String host, double evidence) {}

  private final HostMetrics setting;
  private final Map<String, Section> alerted = new ConcurrentHashMap<>();
  private final Map<Section, List<Candidate>> candidates = new ConcurrentHashMap<>();
  private volatile Set<String> leading = Set.of();

  public NotableHosts(HostMetrics setting) {
    this.setting = setting;
  }

  /// Whether hosts have the few series that every host has.
  public boolean anyShown() {
    return setting != HostMetrics.NONE;
  }

  /// Whether all series of a host are shown.
  public boolean isNotable(String host) {
    return switch (setting) {
      case ALL -> true;
      case NOTABLE -> alerted.containsKey(host) || leading.contains(host);
      case NONE -> false;
    };
  }

  public Section section() {
    return new Section();
  }

  /// The hosts of one task.
  public final class Section implements AutoCloseable {
    private Section() {}

    /// A host has appeared. It leads as long as few hosts do.
    public void appeared(String host) {
      synchronized (candidates) {
        if (setting == HostMetrics.NOTABLE && leading.size() < LEADING) {
          var more = new HashSet<>(leading);
          more.add(host);
          leading = Set.copyOf(more);
        }
      }
    }

    /// @param open whether the host has an open alert now
    public void alerted(String host, boolean open) {
      if (open) {
        alerted.put(host, this);
      } else {
        alerted.remove(host, this);
      }
    }

    /// Decides anew who leads.
    ///
    /// @param hosts of this task
    public void offer(Collection<Candidate> hosts) {
      if (setting == HostMetrics.NOTABLE) {
        candidates.put(this, hosts.stream().sorted(BY_EVIDENCE).limit(STAYING).toList());
        decide();
      }
    }

    @Override
    public void close() {
      alerted.values().removeIf(this::equals);
      candidates.remove(this);
    }
  }

  private void decide() {
    synchronized (candidates) {
      var first =
          candidates.values().stream()
              .flatMap(List::stream)
              .sorted(BY_EVIDENCE)
              .map(Candidate::host)
              .distinct()
              .limit(STAYING)
              .toList();
      var now = new HashSet<>(first.subList(0, Math.min(LEADING, first.size())));
      first.stream().filter(leading::contains).forEach(now::add);
      leading = Set.copyOf(now);
    }
  }
}
