package io.halfsecond.deploy.fingerprint;

import static io.halfsecond.deploy.fingerprint.FingerprintText.digits;
import static io.halfsecond.deploy.fingerprint.FingerprintText.orNone;

import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The differences between two fingerprints: content, packages and platform. Devices, inodes and
/// times are a host's own and are not compared.
public final class FingerprintDiff {
  private FingerprintDiff() {}

  /// A line per difference: `-` for what only the first has, `+` for what only the second has.
  public static List<String> of(HostFingerprint a, HostFingerprint b) {
    var lines = new ArrayList<String>();
    field(lines, "distribution", a, b, HostFingerprint::getDistribution);
    field(lines, "kernel", a, b, HostFingerprint::getKernelRelease);
    field(lines, "machine", a, b, HostFingerprint::getMachine);
    field(lines, "CPU", a, b, HostFingerprint::getCpuModel);
    field(lines, "CPU governor", a, b, HostFingerprint::getCpuGovernor);
    field(lines, "OpenSSL", a, b, HostFingerprint::getOpensslVersion);
    field(lines, "sshd_config", a, b, fingerprint -> digits(fingerprint.getSshdConfigSha256()));
    var left = byPath(a);
    var right = byPath(b);
    Stream.concat(left.keySet().stream(), right.keySet().stream())
        .distinct()
        .forEach(
            path -> {
              var ofA = left.getOrDefault(path, List.of());
              var ofB = right.getOrDefault(path, List.of());
              missing(ofA, ofB).map(object -> "- " + line(object)).forEach(lines::add);
              missing(ofB, ofA).map(object -> "+ " + line(object)).forEach(lines::add);
            });
    return lines;
  }

  private static void field(
      List<String> lines,
      String name,
      HostFingerprint a,
      HostFingerprint b,
      Function<HostFingerprint, String> value) {
    if (!value.apply(a).equals(value.apply(b))) {
      lines.add("- %s %s".formatted(name, orNone(value.apply(a))));
      lines.add("+ %s %s".formatted(name, orNone(value.apply(b))));
    }
  }

  /// The listener and its connections may have different files of the same path.
  private static Map<String, List<MappedObject>> byPath(HostFingerprint fingerprint) {
    return fingerprint.getObjects().stream()
        .collect(
            Collectors.groupingBy(MappedObject::getPath, LinkedHashMap::new, Collectors.toList()));
  }

  private static Stream<MappedObject> missing(
      List<MappedObject> objects, List<MappedObject> others) {
    return objects.stream()
        .filter(object -> others.stream().noneMatch(other -> same(object, other)));
  }

  private static boolean same(MappedObject a, MappedObject b) {
    return a.getSha256().equals(b.getSha256())
        && a.getVersion().equals(b.getVersion())
        && a.getPackage$().equals(b.getPackage$())
        && a.getDiffersFromPath() == b.getDiffersFromPath();
  }

  private static String line(MappedObject object) {
    var chain = FingerprintText.chain(object);
    return "%s  %s  %s  sha256 %s  build-id %s%s%s"
        .formatted(
            Printable.of(object.getPath()),
            orNone(object.getPackage$()),
            orNone(object.getVersion()),
            orNone(digits(object.getSha256())),
            orNone(digits(object.getBuildId())),
            chain.isEmpty() ? "" : "  " + chain,
            object.getDiffersFromPath() ? "  (differs from the file at the path)" : "");
  }
}
