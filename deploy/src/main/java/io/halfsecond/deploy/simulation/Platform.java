package io.halfsecond.deploy.simulation;

import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SshdProcess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What a host's sshd is made of and runs on.
///
/// @param system id and version of the system
/// @param machine as `uname -m` prints it
/// @param version of OpenSSH
/// @param programs the executables of sshd
/// @param greeter the process that sends sshd's identification
/// @param startupMillis median of the startup phase
/// @param faults minor page faults in it
record Platform(
    String system,
    String machine,
    String kernel,
    String version,
    List<String> programs,
    Role greeter,
    double startupMillis,
    int faults) {
  /// The library that a slow library is.
  static final String LIBRARY = "liblzma.so.5";

  private static final List<String> ONE = List.of("/usr/sbin/sshd");
  private static final List<String> TWO =
      List.of("/usr/sbin/sshd", "/usr/lib/openssh/sshd-session");
  private static final List<String> THREE =
      List.of("/usr/sbin/sshd", "/usr/lib/openssh/sshd-session", "/usr/lib/openssh/sshd-auth");

  private static final List<Platform> ALL =
      List.of(
          old("debian-12", "x86_64", "6.1.0-41-amd64", "9.2p1", 8.0, 750),
          old("ubuntu-22.04", "x86_64", "5.15.0-161-generic", "8.9p1", 8.6, 780),
          old("rhel-9.6", "x86_64", "5.14.0-570.62.1.el9_6.x86_64", "8.7p1", 10.5, 940),
          old("ubuntu-24.04", "aarch64", "6.8.0-87-generic", "9.6p1", 9.4, 810),
          old("debian-12", "aarch64", "6.1.0-41-arm64", "9.2p1", 9.1, 760),
          new Platform(
              "rhel-10.0",
              "x86_64",
              "6.12.0-55.43.1.el10_0.x86_64",
              "9.9p1",
              TWO,
              Role.MONITOR,
              12.5,
              980),
          new Platform(
              "debian-13", "x86_64", "6.12.57-amd64", "10.0p1", THREE, Role.MONITOR, 13.2, 890),
          new Platform(
              "fedora-44",
              "x86_64",
              "6.18.5-200.fc44.x86_64",
              "10.3p1",
              THREE,
              Role.PREAUTH,
              13.8,
              910));

  /// The libraries that Debian's sshd loads, and which of them requires each.
  private static final List<List<String>> LIBRARIES =
      List.of(
          List.of("libaudit.so.1"),
          List.of("libc.so.6"),
          List.of("libcap-ng.so.0", "libaudit.so.1"),
          List.of("libcap.so.2", "libsystemd.so.0"),
          List.of("libcom_err.so.2"),
          List.of("libcrypt.so.1"),
          List.of("libcrypto.so.3"),
          List.of("libgcrypt.so.20", "libsystemd.so.0"),
          List.of("libgpg-error.so.0", "libgcrypt.so.20", "libsystemd.so.0"),
          List.of("libgssapi_krb5.so.2"),
          List.of("libk5crypto.so.3", "libgssapi_krb5.so.2"),
          List.of("libkeyutils.so.1", "libgssapi_krb5.so.2"),
          List.of("libkrb5.so.3"),
          List.of("libkrb5support.so.0", "libkrb5.so.3"),
          List.of("liblz4.so.1", "libsystemd.so.0"),
          List.of(LIBRARY, "libsystemd.so.0"),
          List.of("libpam.so.0"),
          List.of("libpcre2-8.so.0", "libselinux.so.1"),
          List.of("libresolv.so.2", "libkrb5.so.3"),
          List.of("libselinux.so.1"),
          List.of("libsystemd.so.0"),
          List.of("libwrap.so.0"),
          List.of("libz.so.1"),
          List.of("libzstd.so.1", "libsystemd.so.0"));

  private static Platform old(
      String system,
      String machine,
      String kernel,
      String version,
      double startupMillis,
      int faults) {
    return new Platform(system, machine, kernel, version, ONE, Role.MONITOR, startupMillis, faults);
  }

  Platform {
    programs = List.copyOf(programs);
  }

  /// The platform of a cohort.
  static Platform of(int cohort) {
    return ALL.get(number(cohort));
  }

  /// The number of the platform of a cohort.
  static int number(int cohort) {
    return cohort % ALL.size();
  }

  /// The name of a cohort of such hosts. Where there are more cohorts than platforms, a site is in
  /// it.
  String cohort(int number) {
    int site = number / ALL.size();
    return site == 0 ? system + "-" + machine : "%s-%s-site-%d".formatted(system, machine, site);
  }

  /// The executable that serves a connection.
  String executable() {
    var program = programs.size() == 1 ? programs.getFirst() : programs.get(1);
    return program.substring(program.lastIndexOf('/') + 1);
  }

  String server() {
    return "SSH-2.0-OpenSSH_" + version;
  }

  /// Whether startup includes the wait for the client's identification.
  boolean waitsForClient() {
    return greeter == Role.MONITOR;
  }

  /// The files that sshd consists of.
  ///
  /// @param release of the package of [#LIBRARY], counted from 0
  /// @param replaced when that was installed
  List<MappedObject> objects(int release, Instant replaced) {
    var objects = new ArrayList<MappedObject>();
    programs.forEach(path -> objects.add(program(path)));
    LIBRARIES.forEach(
        names ->
            objects.add(library(names, names.getFirst().equals(LIBRARY) ? release : 0, replaced)));
    return List.copyOf(objects);
  }

  private MappedObject program(String path) {
    var server = "openssh-server";
    return object(path, server, version + "-1", 0, Instant.EPOCH)
        .setRole(ObjectRole.EXECUTABLE)
        .setNeeded(List.of("libcrypto.so.3", "libc.so.6"))
        .setProcesses(
            List.of(path.equals(ONE.getFirst()) ? SshdProcess.LISTENER : SshdProcess.MONITOR))
        .build();
  }

  private MappedObject library(List<String> names, int release, Instant replaced) {
    var name = names.getFirst();
    var chain = new ArrayList<String>();
    chain.add(programs.getFirst());
    names.reversed().stream().limit(names.size() - 1L).map(this::path).forEach(chain::add);
    return object(
            path(name),
            name.substring(0, name.indexOf('.')),
            "5.%d.%d-1".formatted(4 + 2 * release, release),
            release,
            release == 0 ? Instant.EPOCH : replaced)
        .setRole(ObjectRole.LIBRARY)
        .setNeeded(List.of("libc.so.6"))
        .setNeededBy(chain)
        .setProcesses(List.of(SshdProcess.LISTENER, SshdProcess.MONITOR))
        .build();
  }

  private String path(String library) {
    return "/usr/lib/%s-linux-gnu/%s".formatted(machine, library);
  }

  private MappedObject.Builder object(
      String path, String owner, String ownersVersion, int release, Instant at) {
    var hash = hash(system + machine + path + ownersVersion);
    return MappedObject.newBuilder()
        .setPath(path)
        .setDevice("08:01")
        .setInode(393_216L + Math.floorMod(path.hashCode(), 65_536) + release)
        .setSize(65_536L + Math.floorMod(path.hashCode(), 1 << 20))
        .setMtime(at)
        .setSha256(hash)
        .setBuildId(hash.substring(0, 40))
        .setPackage$(owner)
        .setVersion(ownersVersion)
        .setInstalledAt(at)
        .setObserved(Observed.MAPS);
  }

  /// SHA-256, for what would be the hash of a content.
  static String hash(String of) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(of.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
