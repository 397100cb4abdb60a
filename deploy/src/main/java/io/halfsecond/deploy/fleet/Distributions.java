package io.halfsecond.deploy.fleet;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Which hosts an advisory is about, by their distribution and its release, such as `debian-12`. A
/// host that does not say what it runs, or runs a distribution that is not listed here, such as one
/// derived from Debian, may be any of them.
final class Distributions {
  /// A distribution whose packages dpkg or rpm installs.
  ///
  /// @param ecosystem what its ecosystems begin with (ossf.github.io/osv-schema, "Defined
  ///   Ecosystems")
  /// @param namespace in package URLs (package-url/purl-spec, types `deb` and `rpm`)
  /// @param ids in os-release(5)
  private record Distribution(String ecosystem, String namespace, Set<String> ids) {
    private Distribution(String ecosystem, String id) {
      this(ecosystem, id, Set.of(id));
    }
  }

  /// The first that fits counts.
  private static final List<Distribution> ALL =
      List.of(
          new Distribution("Debian", "debian"),
          new Distribution("Ubuntu", "ubuntu"),
          new Distribution("Rocky Linux", "rocky"),
          new Distribution("AlmaLinux", "almalinux"),
          new Distribution("Red Hat", "redhat", Set.of("rhel")),
          new Distribution("SUSE", "suse", Set.of("sles", "sled", "sles_sap")),
          new Distribution("openSUSE:Leap", "opensuse-leap"),
          new Distribution("openSUSE:Tumbleweed", "opensuse-tumbleweed"),
          new Distribution("openSUSE", "opensuse", Set.of("opensuse-leap", "opensuse-tumbleweed")),
          new Distribution("openEuler", "openEuler"),
          new Distribution("Mageia", "mageia"),
          new Distribution("Photon OS", "photon"),
          new Distribution("Azure Linux", "azurelinux"));

  /// `12`, `22.04`, `15 SP5`: the last is release 15.5 of os-release(5).
  private static final Pattern RELEASE = Pattern.compile("(\\d+(?:\\.\\d+)?)(?: SP(\\d+))?");

  private Distributions() {}

  /// Whether an ecosystem of OSV is one of a distribution. Packages of languages may have the same
  /// names.
  static boolean isOne(String ecosystem) {
    return of(ecosystem).isPresent();
  }

  private static Optional<Distribution> of(String ecosystem) {
    return ALL.stream().filter(one -> ecosystem.startsWith(one.ecosystem)).findFirst();
  }

  /// Hosts of an ecosystem of OSV, such as `Debian:12` or `SUSE:Linux Enterprise Server 15 SP5`.
  static Predicate<String> ofEcosystem(String ecosystem) {
    return of(ecosystem)
        .map(
            one -> {
              var found = RELEASE.matcher(ecosystem.substring(one.ecosystem.length()));
              return hosts(
                  one.ids,
                  found.find()
                      ? found.group(1) + (found.group(2) == null ? "" : "." + found.group(2))
                      : "");
            })
        .orElse(_ -> true);
  }

  /// Hosts of a package URL.
  ///
  /// @param distro the qualifier, such as `debian-12`; a code name, such as `trixie`, is no release
  static Predicate<String> ofPackageUrl(String namespace, String distro) {
    for (var one : ALL) {
      for (var id : one.ids) {
        var release = after(id, distro).filter(text -> RELEASE.matcher(text).lookingAt());
        if (release.isPresent()) {
          return hosts(Set.of(id), release.get());
        }
      }
    }
    return ALL.stream()
        .filter(one -> one.namespace.equals(namespace))
        .findFirst()
        .map(one -> hosts(one.ids, ""))
        .orElse(_ -> true);
  }

  /// @param release empty for all of them
  private static Predicate<String> hosts(Set<String> ids, String release) {
    return host ->
        ALL.stream().flatMap(one -> one.ids.stream()).noneMatch(id -> after(id, host).isPresent())
            || ids.stream()
                .flatMap(id -> after(id, host).stream())
                .anyMatch(
                    own ->
                        release.isEmpty()
                            || own.isEmpty()
                            || own.equals(release)
                            || own.startsWith(release + "."));
  }

  /// The release in `ID-RELEASE`, empty if there is only the distribution.
  private static Optional<String> after(String id, String name) {
    if (name.equals(id)) {
      return Optional.of("");
    }
    return name.startsWith(id + "-")
        ? Optional.of(name.substring(id.length() + 1))
        : Optional.empty();
  }
}
