package io.halfsecond.collector.tamper;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds what sshd has in memory and what nobody finds at its path: a file that a mount hides, one
/// without a name, one that was never on a disk.
///
/// A file that an upgrade has replaced or removed under a running sshd has lost its name too. It is
/// one if it was seen at its path before, or if the process is older than the first inspection:
/// then nobody knows what was there when it started. See docs/measure.md.
///
/// Not safe for use by several threads.
public final class HiddenObjects {
  public static final String RULE = "hidden-object";

  private static final String ABOUT = "sshd has a file in memory that is not at its path";

  /// A file that was at its path.
  private record Known(String path, String device, long inode) {
    static Known of(SshdObject object) {
      return new Known(object.path(), object.identity().device(), object.identity().inode());
    }
  }

  private final Set<Known> known = new HashSet<>();
  private Optional<Instant> first = Optional.empty();

  /// Takes each inspection that found something new.
  ///
  /// @param at when it ended
  /// @return empty if it cannot be told of every object whether it is hidden, and none is
  public Optional<Finding> take(Fingerprint seen, Instant at) {
    var since = first.orElse(at);
    first = Optional.of(since);
    seen.objects().stream()
        .filter(object -> object.mapped() && !object.differsFromPath())
        .map(Known::of)
        .forEach(known::add);
    var mapped = seen.objects().stream().filter(SshdObject::mapped).toList();
    var facts =
        mapped.stream()
            .filter(object -> isHidden(object, seen, since))
            .map(HiddenObjects::fact)
            .toList();
    // Of an earlier run of the collector, an alert about them may be open.
    boolean complete =
        mapped.stream()
            .filter(SshdObject::differsFromPath)
            .allMatch(object -> isHidden(object, seen, since) || known.contains(Known.of(object)));
    return facts.isEmpty() && !(complete && seen.mapped())
        ? Optional.empty()
        : Optional.of(new Finding(RULE, ABOUT, Tier.STEP, facts, complete && seen.mapped()));
  }

  private boolean isHidden(SshdObject object, Fingerprint seen, Instant since) {
    if (known.contains(Known.of(object))) {
      return false;
    }
    return switch (object.atPath()) {
      case SAME, NOT_SEEN -> false;
      case HIDDEN, NO_PATH -> true;
      case REPLACED, REMOVED -> isYounger(object, seen, since);
    };
  }

  /// Whether all processes that have mapped it started when the files were watched.
  private static boolean isYounger(SshdObject object, Fingerprint seen, Instant since) {
    return object.mappedIn().stream()
        .allMatch(
            process ->
                switch (process) {
                  case LISTENER -> seen.listenerStartedAt().filter(since::isBefore).isPresent();
                  // A preauth child is sampled right after its monitor.
                  case MONITOR, PREAUTH ->
                      seen.monitorStartedAt().filter(since::isBefore).isPresent();
                });
  }

  private static TamperFact fact(SshdObject object) {
    var who =
        object.mappedIn().stream()
            .map(HiddenObjects::name)
            .sorted()
            .collect(Collectors.joining(", "));
    var identity = object.identity();
    return new TamperFact(
        object.path(),
        List.of(
            new Statement(
                "memory",
                "%s has %s (device %s, inode %d%s)"
                    .formatted(
                        who,
                        object.path(),
                        identity.device(),
                        identity.inode(),
                        object.sha256().isEmpty() ? "" : ", SHA-256 " + object.sha256())),
            new Statement("path", atPath(object))));
  }

  private static String name(MappedIn process) {
    return switch (process) {
      case LISTENER -> "the listener";
      case MONITOR -> "the process of a connection";
      case PREAUTH -> "its process before authentication";
    };
  }

  private static String atPath(SshdObject object) {
    return switch (object.atPath()) {
      case HIDDEN -> "another file is there: a mount shows this one to sshd alone";
      case NO_PATH -> "there never was one: the file exists in memory only";
      case REPLACED ->
          "another file is there, and this one was not seen there while it was watched";
      case REMOVED -> "nothing is there, and this one was not seen there while it was watched";
      case SAME, NOT_SEEN -> throw new IllegalArgumentException("not hidden: " + object.path());
    };
  }
}
