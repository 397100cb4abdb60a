package io.halfsecond.deploy.fingerprint;

import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.SshdProcess;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A fingerprint as a table, followed by anything unusual in words.
public final class FingerprintText {
  private static final int DIGITS = 12;

  private FingerprintText() {}

  public static List<String> of(HostFingerprint fingerprint) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s: %skernel %s %s, booted %s"
            .formatted(
                Printable.of(fingerprint.getHost()),
                distribution(fingerprint),
                Printable.of(fingerprint.getKernelRelease()),
                Printable.of(fingerprint.getMachine()),
                fingerprint.getBootedAt().truncatedTo(ChronoUnit.SECONDS)));
    lines.add(
        "%s, governor %s; %s; sshd_config %s"
            .formatted(
                orNone(fingerprint.getCpuModel()),
                orNone(fingerprint.getCpuGovernor()),
                orNone(fingerprint.getOpensslVersion()),
                orNone(digits(fingerprint.getSshdConfigSha256()))));
    lines.add(
        fingerprint
                .getListenerStartedAt()
                .map(at -> "sshd started " + at.truncatedTo(ChronoUnit.SECONDS))
                .orElse("no sshd listens")
            + (fingerprint.getObserved() == Observed.MAPS
                ? "; below: the files in its memory"
                    + fingerprint
                        .getMonitorStartedAt()
                        .map(
                            at ->
                                ", and in that of a connection at "
                                    + at.truncatedTo(ChronoUnit.SECONDS))
                        .orElse("")
                : fingerprint.getListenerStartedAt().isPresent()
                    ? "; its memory is not readable; below: the files that the loader would find"
                    : "; below: the sshd in the usual directories, with the files that the loader"
                        + " would find"));
    lines.add("");
    lines.addAll(table(fingerprint));
    fingerprint.getObjects().stream()
        .filter(MappedObject::getDiffersFromPath)
        .map(
            object ->
                "%s in memory is not the file at that path: replaced since sshd started, or hidden by a mount."
                    .formatted(Printable.of(object.getPath())))
        .forEach(lines::add);
    return lines;
  }

  private static List<String> table(HostFingerprint fingerprint) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "object", "version", "package", "installed", "sha256", "build-id", "needed through"));
    boolean compared =
        fingerprint.getMonitorStartedAt().isPresent() && fingerprint.getObserved() == Observed.MAPS;
    fingerprint
        .getObjects()
        .forEach(
            object ->
                rows.add(
                    List.of(
                        Printable.of(object.getPath())
                            + (object.getDiffersFromPath() ? " (differs)" : "")
                            + (compared ? processes(object) : ""),
                        orNone(object.getVersion()),
                        orNone(object.getPackage$()),
                        installed(object),
                        orNone(digits(object.getSha256())),
                        orNone(digits(object.getBuildId())),
                        chain(object))));
    var widths =
        Stream.iterate(0, column -> column < rows.getFirst().size(), column -> column + 1)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toList();
    return rows.stream()
        .map(
            row ->
                Stream.iterate(0, column -> column < row.size(), column -> column + 1)
                    .map(
                        column ->
                            "%%-%ds"
                                .formatted(Math.max(1, widths.get(column)))
                                .formatted(row.get(column)))
                    .collect(Collectors.joining("  "))
                    .stripTrailing())
        .toList();
  }

  /// Whether it was seen in the listener only, or in connections only.
  private static String processes(MappedObject object) {
    if (object.getProcesses().isEmpty()) {
      return "";
    }
    boolean listener = object.getProcesses().contains(SshdProcess.LISTENER);
    boolean connections = object.getProcesses().size() > (listener ? 1 : 0);
    return connections ? (listener ? "" : " (connections only)") : " (listener only)";
  }

  /// Collectors of older versions do not say it.
  private static String distribution(HostFingerprint fingerprint) {
    return fingerprint.getDistribution().isEmpty()
        ? ""
        : Printable.of(fingerprint.getDistribution()) + ", ";
  }

  /// The day, in UTC.
  private static String installed(MappedObject object) {
    return object.getInstalledAt().equals(Instant.EPOCH)
        ? orNone("")
        : object.getInstalledAt().atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  /// `sshd → libsystemd → liblzma` of a library that sshd does not need itself.
  static String chain(MappedObject object) {
    return object.getNeededBy().size() < 2
        ? ""
        : Stream.concat(object.getNeededBy().stream(), Stream.of(object.getPath()))
            .map(FingerprintText::shortName)
            .collect(Collectors.joining(" → "));
  }

  private static String shortName(String path) {
    var file = path.substring(path.lastIndexOf('/') + 1);
    int suffix = file.indexOf(".so");
    return Printable.of(suffix > 0 ? file.substring(0, suffix) : file);
  }

  static String digits(String hex) {
    return hex.substring(0, Math.min(DIGITS, hex.length()));
  }

  static String orNone(String text) {
    return text.isEmpty() ? "–" : Printable.of(text);
  }
}
