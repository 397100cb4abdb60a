package io.halfsecond.deploy.simulation;

import java.time.Duration;
import java.util.List;

/// Something that happens to a part of a fleet.
public sealed interface Injection {
  /// As given on the command line.
  String text();

  Share hosts();

  /// Since the begin of the simulation.
  Duration at();

  /// Whether the topology must raise alerts for it. For all others it must raise none.
  default boolean isShift() {
    return switch (this) {
      case SlowLibrary _, SlowAuthentication _, Creep _ -> true;
      case Gap _, Clock _, Scan _ -> false;
    };
  }

  /// Some of the hosts.
  ///
  /// @param amount a number of hosts, or a percentage
  record Share(double amount, boolean percent) {
    /// @param all of which it is a share
    /// @return at least 1, at most all
    int of(int all) {
      double hosts = percent ? amount / 100 * all : amount;
      return Math.clamp(Math.round(hosts), 1, all);
    }
  }

  /// A stage of a rollout.
  ///
  /// @param share of the hosts that have the change by then
  /// @param length time to the next stage
  record Stage(Share share, Duration length) {}

  /// sshd is restarted on another release of a library that costs CPU while it is loaded: startup
  /// and its CPU time grow.
  record SlowLibrary(String text, Share hosts, Duration at, Duration delay, List<Stage> stages)
      implements Injection {
    public SlowLibrary {
      stages = List.copyOf(stages);
    }
  }

  /// Authentication takes longer, as with a slow directory or resolver. Nothing changes on the
  /// host.
  record SlowAuthentication(String text, Share hosts, Duration at, Duration delay)
      implements Injection {}

  /// Startup and its CPU time grow little by little. Nothing changes on the host.
  ///
  /// @param over time until they have grown by the delay
  record Creep(String text, Share hosts, Duration at, Duration delay, Duration over)
      implements Injection {}

  /// Records are lost on their way, all but the heartbeats.
  record Gap(String text, Share hosts, Duration at, Duration length) implements Injection {}

  /// The clock of the host is set.
  ///
  /// @param by how far ahead of the right time it is then; negative behind it
  record Clock(String text, Share hosts, Duration at, Duration by) implements Injection {}

  /// Scanners connect, beside the usual logins.
  ///
  /// @param times as many connections as usual
  record Scan(String text, Share hosts, Duration at, Duration length, int times)
      implements Injection {}
}
