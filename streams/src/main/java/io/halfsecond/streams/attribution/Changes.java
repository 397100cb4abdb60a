package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The difference between a fingerprint of a host and its history. Pure.
///
/// A change happened between two inspections: `notBefore` and `at`. If a source dates it exactly
/// (the package manager's log, or the restart of the listener that loaded it), `at` is that time.
public final class Changes {
  /// The boot time is computed from two clocks. Two collector runs may differ by this much.
  private static final Duration CLOCKS = Duration.ofSeconds(10);

  /// The start of the listener is computed from the same clocks, to a hundredth of a second.
  private static final Duration STARTS = Duration.ofSeconds(1);

  // Subjects of the kinds of change that a host has once.
  static final String CONFIGURATION = "sshd_config";
  static final String KERNEL = "kernel";
  static final String PROCESSOR = "processor";
  static final String CLOCK = "clock";

  private final HostHistory history;
  private final HostFingerprint before;
  private final HostFingerprint after;
  private final Instant notBefore;
  private final List<Change> found = new ArrayList<>();

  private Changes(HostHistory history, HostFingerprint after) {
    this.history = history;
    this.before = history.getLatest();
    this.after = after;
    // The collector inspects more often than it reports.
    this.notBefore =
        after
            .getPreviousInspectionAt()
            .filter(at -> at.isAfter(before.getAt()))
            .orElse(before.getAt());
  }

  /// @param after later than the latest inspection of the history
  /// @return objects first, in the order of the later fingerprint
  static List<Change> since(HostHistory history, HostFingerprint after) {
    return new Changes(history, after).find();
  }

  private List<Change> find() {
    var starts = starts();
    var brought =
        starts.stream().map(Change::getAt).filter(at -> at.isAfter(notBefore)).findFirst();
    found.addAll(
        new ObjectChanges(history, after, installedAt -> when(installedAt, brought)).find());
    found.forEach(change -> change.setNotBefore(notBefore));
    found.addAll(starts);
    differ(
        ChangeKind.CONFIGURATION,
        CONFIGURATION,
        before.getSshdConfigSha256(),
        after.getSshdConfigSha256());
    if (!before.getKernelRelease().equals(after.getKernelRelease())) {
      found.add(
          change(
              ChangeKind.KERNEL,
              KERNEL,
              before.getKernelRelease(),
              after.getKernelRelease(),
              notBefore,
              starts.stream()
                  .filter(change -> change.getKind() == ChangeKind.BOOT)
                  .findFirst()
                  .map(Change::getAt)
                  .orElse(after.getAt())));
    }
    differ(ChangeKind.PROCESSOR, PROCESSOR, processor(before), processor(after));
    return List.copyOf(found);
  }

  /// A boot implies a start of sshd, which is not reported then.
  private List<Change> starts() {
    if (differ(before.getBootedAt(), after.getBootedAt(), CLOCKS)) {
      return List.of(
          started(ChangeKind.BOOT, "host", before.getBootedAt().toString(), after.getBootedAt()));
    }
    var first = before.getListenerStartedAt();
    return after
        .getListenerStartedAt()
        // An earlier start is no other one: the collector was restarted, and did not see that the
        // listener executed itself.
        .filter(start -> first.isEmpty() || start.isAfter(first.get().plus(STARTS)))
        .map(
            start ->
                started(ChangeKind.RESTART, "sshd", first.map(Instant::toString).orElse(""), start))
        .map(List::of)
        .orElse(List.of());
  }

  private static boolean differ(Instant one, Instant other, Duration tolerance) {
    return Duration.between(one, other).abs().compareTo(tolerance) > 0;
  }

  /// A start is dated by itself, even if the collector saw it later.
  private static Change started(ChangeKind kind, String subject, String before, Instant at) {
    return change(kind, subject, before, at.toString(), at, at);
  }

  private void differ(ChangeKind kind, String subject, String was, String is) {
    // A value that could not be read is not known to differ.
    if (!was.isEmpty() && !is.isEmpty() && !was.equals(is)) {
      found.add(change(kind, subject, was, is, notBefore, after.getAt()));
    }
  }

  private Instant when(Optional<Instant> installedAt, Optional<Instant> brought) {
    return installedAt
        .filter(at -> at.isAfter(notBefore) && !at.isAfter(after.getAt()))
        .or(() -> brought)
        .orElse(after.getAt());
  }

  /// The clock of a host was set.
  public static Change ofClock(Instant at, Duration setBackBy) {
    return change(ChangeKind.CLOCK, CLOCK, "", setBackBy.toString(), at, at);
  }

  /// How far the clock was set back, negative for forward; empty if a newer version writes it in
  /// another form.
  public static Optional<Duration> clockSetBackBy(Change change) {
    try {
      return Optional.of(Duration.parse(change.getAfter()));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  static String processor(HostFingerprint fingerprint) {
    return (fingerprint.getCpuModel() + " " + fingerprint.getCpuGovernor()).strip();
  }

  static Change change(
      ChangeKind kind, String subject, String before, String after, Instant notBefore, Instant at) {
    return Change.newBuilder()
        .setKind(kind)
        .setSubject(subject)
        .setBefore(before)
        .setAfter(after)
        .setNotBefore(notBefore)
        .setAt(at)
        .build();
  }
}
