package io.halfsecond.deploy.api;

import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.streams.query.HostFile;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A file that hosts of the fleet have in common: the same content at the same path, of the same
/// package, on the same release of a distribution.
///
/// @param distribution of those hosts, and its release, for example `debian-12`
/// @param hosts number of hosts that have it
/// @param inMemory number of those that have it in the memory of a process of sshd
public record Component(
    String path,
    String packageName,
    String sourcePackage,
    String version,
    String sha256,
    String buildId,
    boolean executable,
    String distribution,
    long hosts,
    long inMemory) {
  private static final Comparator<Component> ORDER =
      Comparator.comparing(Component::path)
          .thenComparing(Component::version)
          .thenComparing(Component::sha256);

  /// What makes it one component.
  private record Identity(
      String path,
      String packageName,
      String version,
      String sha256,
      String buildId,
      String distribution) {}

  /// As a file without a host.
  public HostFile file() {
    return new HostFile(
        path, packageName, sourcePackage, version, sha256, buildId, Set.of(), false, distribution);
  }

  private Identity identity() {
    return new Identity(path, packageName, version, sha256, buildId, distribution);
  }

  private Component plus(Component other) {
    return new Component(
        path,
        packageName,
        sourcePackage,
        version,
        sha256,
        buildId,
        executable,
        distribution,
        hosts + other.hosts,
        inMemory + other.inMemory);
  }

  /// The components of a fleet, by path.
  static List<Component> of(Consumer<Consumer<HostFingerprint>> fingerprints) {
    var all = new LinkedHashMap<Identity, Component>();
    fingerprints.accept(
        fingerprint -> {
          // A file that several processes have counts once.
          var own = new LinkedHashMap<Identity, Component>();
          for (var object : fingerprint.getObjects()) {
            var component =
                new Component(
                    object.getPath(),
                    object.getPackage$(),
                    object.getSourcePackage(),
                    object.getVersion(),
                    object.getSha256(),
                    object.getBuildId(),
                    object.getRole() == ObjectRole.EXECUTABLE,
                    fingerprint.getDistribution(),
                    1,
                    object.getProcesses().isEmpty() ? 0 : 1);
            own.merge(
                component.identity(),
                component,
                (one, other) -> one.inMemory >= other.inMemory ? one : other);
          }
          add(own.values(), all);
        });
    return all.values().stream().sorted(ORDER).toList();
  }

  static List<Component> merged(List<Component> one, List<Component> other) {
    var all = new LinkedHashMap<Identity, Component>();
    add(Stream.concat(one.stream(), other.stream()).toList(), all);
    return all.values().stream().sorted(ORDER).toList();
  }

  private static void add(Iterable<Component> components, Map<Identity, Component> all) {
    components.forEach(component -> all.merge(component.identity(), component, Component::plus));
  }
}
