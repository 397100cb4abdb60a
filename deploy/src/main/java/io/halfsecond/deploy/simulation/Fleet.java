package io.halfsecond.deploy.simulation;

import io.halfsecond.schemas.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A fleet to simulate.
///
/// @param hosts how many
/// @param perMinute connections of a host and minute, on average
/// @param cohorts how many groups of comparable hosts there are; 0 if no host has a cohort
/// @param regimes each host has one of them, at random
/// @param seed the same seed gives the same records
/// @param begin event time of the first record; whole milliseconds
/// @param collectors how the hosts are measured
/// @param prefix of the hosts' names
public record Fleet(
    int hosts,
    double perMinute,
    int cohorts,
    List<Regime> regimes,
    long seed,
    Instant begin,
    Collectors collectors,
    String prefix) {

  /// What a host takes in an event of the queue.
  static final int HOST_BITS = 23;

  /// So many hosts have different numbers there.
  public static final int MOST_HOSTS = 1 << HOST_BITS;

  /// More often, the connections of a host would overlap.
  public static final double MOST_PER_MINUTE = 60;

  private static final double LEAST_PER_MINUTE = 0.001;

  /// What the collectors do beside measuring connections.
  ///
  /// @param heartbeat time between two; empty for none
  /// @param probe time between two rounds of the active probe; empty for none
  /// @param inventory whether sshd is inspected
  public record Collectors(
      Optional<Duration> heartbeat, Optional<Duration> probe, boolean inventory) {
    /// Of connections alone.
    public static final Collectors NONE = new Collectors(Optional.empty(), Optional.empty(), false);
  }

  public Fleet {
    regimes = List.copyOf(regimes);
    require(
        hosts >= 1 && hosts <= MOST_HOSTS,
        "hosts must be 1 to %,d, not %d".formatted(MOST_HOSTS, hosts));
    require(
        perMinute >= LEAST_PER_MINUTE && perMinute <= MOST_PER_MINUTE,
        "connections a minute must be %s to %s, not %s"
            .formatted(LEAST_PER_MINUTE, MOST_PER_MINUTE, perMinute));
    require(
        cohorts >= 0 && cohorts <= hosts,
        "cohorts must be 0 to %,d, the number of hosts, not %d".formatted(hosts, cohorts));
    require(!regimes.isEmpty(), "there must be a regime");
    Names.requireHost("the prefix of the hosts' names", prefix);
  }

  private static void require(boolean fine, String message) {
    if (!fine) {
      throw new IllegalArgumentException(message);
    }
  }

  /// The name of a host, by its number from 0.
  public String host(int number) {
    var digits = Integer.toString(number);
    int width = Math.max(4, Integer.toString(hosts - 1).length());
    return prefix + "0".repeat(width - digits.length()) + digits;
  }

  /// The cohort of a host.
  public String cohort(int number) {
    return cohorts == 0 ? "" : platform(number).cohort(number % cohorts);
  }

  Platform platform(int number) {
    return Platform.of(cohorts == 0 ? number : number % cohorts);
  }
}
