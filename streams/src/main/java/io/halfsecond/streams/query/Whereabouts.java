package io.halfsecond.streams.query;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which hosts have the files that are looked for.
///
/// @param hosts number of hosts that are known, whether they have such files or not
/// @param found by host, then by path
/// @param unknown hosts that have never said what their sshd consists of, in order
public record Whereabouts(long hosts, List<Found> found, List<String> unknown) {
  private static final Comparator<Found> ORDER =
      Comparator.comparing(Found::host)
          .thenComparing(Found::presence)
          .thenComparing(found -> found.file().path());

  /// A file of one host.
  ///
  /// @param cohort empty if the host has none
  /// @param since when it came, if that was seen; else it was there when the host was first
  ///   inspected
  /// @param until when it went; present with [Presence#HAD] only
  /// @param firstInspectedAt when the files of this host were first known
  /// @param inspectedAt when they were last looked at
  public record Found(
      String host,
      String cohort,
      Presence presence,
      HostFile file,
      Optional<Instant> since,
      Optional<Instant> until,
      Instant firstInspectedAt,
      Instant inspectedAt) {}

  public Whereabouts {
    found = found.stream().sorted(ORDER).toList();
    unknown = unknown.stream().sorted().toList();
  }

  /// With what another instance has found among its hosts.
  public Whereabouts plus(Whereabouts other) {
    return new Whereabouts(
        hosts + other.hosts, joined(found, other.found), joined(unknown, other.unknown));
  }

  private static <T> List<T> joined(List<T> one, List<T> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }
}
