package io.halfsecond.streams.gate;

import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.streams.attribution.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Selects trials by the host and by the changes that they are about.
@FunctionalInterface
public interface TrialFilter {
  boolean takes(String host, List<TrialChange> changes);

  /// Hosts that got a package.
  ///
  /// @param version empty for any
  static TrialFilter ofPackage(String name, Optional<String> version) {
    return change(
        change -> {
          var trait = change.trait();
          return matches(trait, ChangeKind.PACKAGE, Optional.of(name), version)
              || version
                  .map(known -> change.packageAfter().equals(name + " " + known))
                  .orElseGet(() -> change.packageAfter().startsWith(name + " "));
        });
  }

  /// Hosts that got another content of a file of sshd.
  ///
  /// @param stem its name without directory and version, for example `liblzma`
  /// @param sha256 empty for any
  static TrialFilter ofObject(String stem, Optional<String> sha256) {
    return trait(ChangeKind.OBJECT, Optional.of(stem), sha256);
  }

  /// Hosts that got another configuration of sshd.
  ///
  /// @param sha256 empty for any
  static TrialFilter ofConfiguration(Optional<String> sha256) {
    return trait(ChangeKind.CONFIGURATION, Optional.empty(), sha256);
  }

  /// Hosts that got another kernel.
  ///
  /// @param release empty for any
  static TrialFilter ofKernel(Optional<String> release) {
    return trait(ChangeKind.KERNEL, Optional.empty(), release);
  }

  /// Hosts of these names, whatever changed.
  static TrialFilter ofHosts(Set<String> names) {
    var known = Set.copyOf(names);
    return (host, _) -> known.contains(host);
  }

  /// Those that both select.
  default TrialFilter and(TrialFilter other) {
    return (host, changes) -> takes(host, changes) && other.takes(host, changes);
  }

  private static TrialFilter trait(
      ChangeKind kind, Optional<String> subject, Optional<String> value) {
    return change(change -> matches(change.trait(), kind, subject, value));
  }

  private static boolean matches(
      Trait trait, ChangeKind kind, Optional<String> subject, Optional<String> value) {
    return trait.kind() == kind
        && trait.subject().equals(subject.orElse(trait.subject()))
        && trait.value().equals(value.orElse(trait.value()));
  }

  private static TrialFilter change(Predicate<TrialChange> which) {
    return (_, changes) -> changes.stream().anyMatch(which);
  }
}
