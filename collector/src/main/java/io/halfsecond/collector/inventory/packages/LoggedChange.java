package io.halfsecond.collector.inventory.packages;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The last change of a package in dpkg's log. The log has the local time of whoever called dpkg
/// (log.c of dpkg 1.21: localtime(3)), so all of its times may be off by the difference of two time
/// zones.
///
/// @param at the time of the change, as if it was in the zone of this host
/// @param unpacked the last unpacking, likewise; empty if the log has none
record LoggedChange(Instant at, Optional<Unpacking> unpacked) {
  /// In no zone is it more than 14 hours later, or 12 earlier, than in UTC.
  private static final Duration MOST_APART = Duration.ofHours(26);

  /// All zones differ by whole quarters of an hour.
  private static final long QUARTER_SECONDS = 900;

  /// Of 721 packages of a Debian 12, the lists of 718 were written within two seconds of the logged
  /// unpacking, and the others up to 5 s after it.
  private static final long TOLERANCE_SECONDS = 30;

  /// A package is being unpacked until the log says so, or for a minute if it does not.
  private static final Duration UNPACKING = Duration.ofMinutes(1);

  /// @param from `install` or `upgrade`
  /// @param until `status unpacked`; empty if it is not in the log
  record Unpacking(Instant from, Optional<Instant> until) {}

  /// The time of the change, held against the package's list of files: dpkg writes it while it
  /// unpacks, and its time is in no zone.
  ///
  /// @param listed when the list was written
  /// @return the time in the log if the list was not written by the logged unpacking, for example
  ///   because it was copied
  Instant heldAgainst(Instant listed) {
    return unpacked.flatMap(unpacking -> error(unpacking, listed)).map(at::plus).orElse(at);
  }

  /// By how much the log is early: the whole quarters of an hour after which the list was written
  /// while the package was unpacked.
  private static Optional<Duration> error(Unpacking unpacking, Instant listed) {
    long from = unpacking.from().getEpochSecond() - TOLERANCE_SECONDS;
    long until =
        unpacking.until().orElse(unpacking.from().plus(UNPACKING)).getEpochSecond()
            + TOLERANCE_SECONDS;
    // The largest number of quarters after which the list is not before the unpacking.
    long error = Math.floorDiv(listed.getEpochSecond() - from, QUARTER_SECONDS) * QUARTER_SECONDS;
    boolean within = listed.getEpochSecond() - error <= until;
    return within && Math.abs(error) <= MOST_APART.toSeconds()
        ? Optional.of(Duration.ofSeconds(error))
        : Optional.empty();
  }
}
