package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.HostFingerprint;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// A property of a host that other hosts may share: the state after a change.
///
/// @param subject what has the property; for a library its name without version and directory
/// @param value SHA-256, version, release or model
public record Trait(ChangeKind kind, String subject, String value) {

  /// Empty for what hosts cannot share (a restart, a boot, load), and for what was removed or
  /// cannot be read.
  public static Optional<Trait> of(Change change) {
    if (change.getAfter().isEmpty()) {
      return Optional.empty();
    }
    return switch (change.getKind()) {
      case OBJECT ->
          Optional.of(
              new Trait(
                  ChangeKind.OBJECT, ObjectChanges.stem(change.getSubject()), change.getAfter()));
      case PACKAGE, CONFIGURATION, KERNEL, PROCESSOR ->
          Optional.of(new Trait(change.getKind(), change.getSubject(), change.getAfter()));
      case RESTART, BOOT, LOAD, CLOCK, UNKNOWN -> Optional.empty();
    };
  }

  /// What is suspected of an alert and other hosts may share. A fact needs no cause: hosts share
  /// the fact itself.
  public static Set<Trait> suspected(Alert alert) {
    var traits = new HashSet<Trait>();
    if (alert.getFinding() instanceof ContradictionFinding && !alert.getCohort().isEmpty()) {
      traits.add(new Trait(ChangeKind.UNKNOWN, alert.getSubject(), ""));
    }
    alert.getChanges().stream()
        .filter(Change::getFits)
        .forEach(change -> of(change).ifPresent(traits::add));
    return traits;
  }

  /// All properties that a host has now.
  public static Set<Trait> of(HostFingerprint fingerprint) {
    var traits = new HashSet<Trait>();
    for (var object : fingerprint.getObjects()) {
      traits.add(
          new Trait(ChangeKind.OBJECT, ObjectChanges.stem(object.getPath()), object.getSha256()));
      if (!object.getPackage$().isEmpty()) {
        traits.add(new Trait(ChangeKind.PACKAGE, object.getPackage$(), object.getVersion()));
      }
    }
    traits.add(
        new Trait(
            ChangeKind.CONFIGURATION, Changes.CONFIGURATION, fingerprint.getSshdConfigSha256()));
    traits.add(new Trait(ChangeKind.KERNEL, Changes.KERNEL, fingerprint.getKernelRelease()));
    traits.add(new Trait(ChangeKind.PROCESSOR, Changes.PROCESSOR, Changes.processor(fingerprint)));
    return traits;
  }

  /// One line that is unique to the trait.
  public String text() {
    return kind + "/" + subject + "/" + value;
  }
}
