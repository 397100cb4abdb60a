package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is different between a fingerprint of a host and what was known of it before. Pure.
///
/// A change of which only two looks are known, one before and one after, has happened between them:
/// `notBefore` and `at`. Where something tells the moment, the package manager's log or the start
/// of the listener that brought it, `at` is that.
public final class Changes {
  /// The time of boot is reckoned from two clocks: of two collector runs it may differ by that
  /// much.
  private static final Duration CLOCKS = Duration.ofSeconds(10);

  /// A start of the listener is known to a hundredth of a second from the same clocks.
  private static final Duration STARTS = Duration.ofSeconds(1);

  // Subjects of changes of which a host has one.
  static final String CONFIGURATION = "sshd_config";
  static final String KERNEL = "kernel";
  static final String PROCESSOR = "processor";

  private final HostHistory history;
  private final HostFingerprint before;
  private final HostFingerprint after;
  private final Instant notBefore;
  private final List<Change> found = new ArrayList<>();

  private Changes(HostHistory history, HostFingerprint after) {
    this.history = history;
    this.before = history.getLatest();
    this.after = after;
    // The collector looks more often than it tells.
    this.notBefore =
        after.getPreviousLookAt().filter(at -> at.isAfter(before.getAt())).orElse(before.getAt());
  }

  /// @param after a later look than the latest of the history
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

  /// A host that has started has started its sshd too: that is not told.
  private List<Change> starts() {
    if (differ(before.getBootedAt(), after.getBootedAt(), CLOCKS)) {
      return List.of(
          started(ChangeKind.BOOT, "host", before.getBootedAt().toString(), after.getBootedAt()));
    }
    var first = before.getListenerStartedAt();
    return after
        .getListenerStartedAt()
        .filter(start -> first.isEmpty() || differ(first.get(), start, STARTS))
        .map(
            start ->
                started(ChangeKind.RESTART, "sshd", first.map(Instant::toString).orElse(""), start))
        .map(List::of)
        .orElse(List.of());
  }

  private static boolean differ(Instant one, Instant other, Duration tolerance) {
    return Duration.between(one, other).abs().compareTo(tolerance) > 0;
  }

  /// A start has its moment; a collector that came later saw it later.
  private static Change started(ChangeKind kind, String subject, String before, Instant at) {
    return change(kind, subject, before, at.toString(), at, at);
  }

  private void differ(ChangeKind kind, String subject, String was, String is) {
    // What could not be read is not known to differ.
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
