package io.halfsecond.deploy.sessions;

import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.telemetry.Witness;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How many connections there are, by who has seen them.
///
/// **Guarantees** that `byWitness` adds up to `connections`.
///
/// @param open their end is still to come, or their collector ended before them
/// @param incomplete evidence of them was lost, or they are older than their collector
/// @param undecided of which only the end is known
/// @param probes that are not among them
public record ConnectionTally(
    long connections,
    long hosts,
    Map<Witness, Long> byWitness,
    long open,
    long incomplete,
    long undecided,
    long probes) {

  static ConnectionTally of(List<KnownConnection> connections, long probes) {
    var byWitness = new EnumMap<Witness, Long>(Witness.class);
    connections.forEach(each -> byWitness.merge(each.witness(), 1L, Long::sum));
    return new ConnectionTally(
        connections.size(),
        connections.stream().map(KnownConnection::host).distinct().count(),
        byWitness,
        connections.stream().filter(KnownConnection::isOpen).count(),
        connections.stream().filter(each -> !each.isComplete()).count(),
        connections.stream().filter(each -> each.decided().isEmpty()).count(),
        probes);
  }

  /// Accounts for all, a line each.
  public List<String> text() {
    var lines = new ArrayList<String>();
    lines.add(
        "%s of %s".formatted(Words.count(connections, "connection"), Words.count(hosts, "host")));
    byWitness.forEach((witness, count) -> lines.add("  %,d %s".formatted(count, words(witness))));
    if (open > 0) {
      lines.add("%,d still open, or left open when their collector ended".formatted(open));
    }
    if (undecided > 0) {
      lines.add("%,d of which only the end is in the records that were read".formatted(undecided));
    }
    if (incomplete > 0) {
      lines.add(
          "%,d incomplete: evidence was lost, or they are older than their collector"
              .formatted(incomplete));
    }
    if (probes > 0) {
      lines.add(
          "%s not listed"
              .formatted(count(probes, "connection of the probe", "connections of the probe")));
    }
    return lines;
  }

  private static String words(Witness witness) {
    return switch (witness) {
      case KERNEL_AND_LOG -> "by kernel and log";
      case KERNEL_WITHOUT_LOGIN ->
          "by the kernel alone, without a login: scans, resets and timeouts need no line";
      case KERNEL_INCOMPLETE -> "by the kernel alone, incomplete";
      case KERNEL_ALONE -> "by the kernel alone, and the log should have them";
      case LOG_ALONE -> "by the log alone: their collector reads no kernel events";
      case UNKNOWN -> "of a newer collector";
    };
  }

  private static String count(long count, String one, String several) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : several);
  }
}
