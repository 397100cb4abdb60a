package io.halfsecond.streams.query;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.MappedObject;
import java.util.Set;
import java.util.TreeSet;

/// A file of a host's sshd, as far as it is known. What is not known is empty.
///
/// @param sourcePackage from which the package was built, for example `xz-utils` for `liblzma5`
/// @param processes those in whose memory it was found: `listener`, `monitor`, `preauth`
/// @param differsFromPath whether the file in memory is not the file at its path
/// @param distribution of the host, and its release, for example `debian-12`
public record HostFile(
    String path,
    String packageName,
    String sourcePackage,
    String version,
    String sha256,
    String buildId,
    Set<String> processes,
    boolean differsFromPath,
    String distribution) {

  static HostFile of(MappedObject object, String distribution) {
    var processes = new TreeSet<String>();
    object.getProcesses().forEach(process -> processes.add(Labels.of(process)));
    return new HostFile(
        object.getPath(),
        object.getPackage$(),
        object.getSourcePackage(),
        object.getVersion(),
        object.getSha256(),
        object.getBuildId(),
        processes,
        object.getDiffersFromPath(),
        distribution);
  }

  /// What a change replaced. Its build-id is not known any more.
  static HostFile before(Change change, String distribution) {
    return switch (change.getKind()) {
      case PACKAGE -> of("", change.getSubject(), change.getBefore(), "", distribution);
      default -> {
        var owner = change.getPackageBefore().split(" ", 2);
        yield of(
            change.getSubjectBefore().isEmpty() ? change.getSubject() : change.getSubjectBefore(),
            owner[0],
            owner.length > 1 ? owner[1] : "",
            change.getBefore(),
            distribution);
      }
    };
  }

  private static HostFile of(
      String path, String packageName, String version, String sha256, String distribution) {
    return new HostFile(path, packageName, "", version, sha256, "", Set.of(), false, distribution);
  }

  /// Whether it is known to be the same content, or the same version of the same package.
  boolean same(HostFile other) {
    boolean known = !sha256.isEmpty() && !other.sha256.isEmpty();
    return known
        ? sha256.equals(other.sha256)
        : packageName.equals(other.packageName) && version.equals(other.version);
  }
}
