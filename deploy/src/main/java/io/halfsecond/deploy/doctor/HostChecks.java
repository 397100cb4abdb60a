package io.halfsecond.deploy.doctor;

import io.halfsecond.collector.linux.Capability;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Cohort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks what a collector needs from its host, in /proc and the file system. Changes nothing.
public final class HostChecks {
  private static final int JAVA = 25;
  private static final List<String> USUAL_LOGS = List.of("/var/log/auth.log", "/var/log/secure");
  private static final List<String> JOURNALS = List.of("/var/log/journal", "/run/log/journal");

  /// Inode numbers of the initial namespaces, the same on every kernel (include/linux/proc_ns.h,
  /// PROC_*_INIT_INO).
  private static final String INITIAL_PID = "pid:[4026531836]";

  private static final String INITIAL_USER = "user:[4026531837]";

  private final Host host;
  private final Configuration configuration;

  public HostChecks(Host host, Configuration configuration) {
    this.host = host;
    this.configuration = configuration;
  }

  public List<Finding> run() {
    var findings = new ArrayList<Finding>();
    findings.add(java(Runtime.version().feature()));
    findings.add(kernel());
    if (configuration.get(Catalogue.KERNEL)) {
      findings.add(processEvents());
      findings.add(namespaces());
    } else {
      findings.add(
          Finding.warn(
              "kernel source: off (collector.kernel is false)",
              "logs show neither startup nor CPU; leave it on if possible"));
    }
    findings.add(sshd());
    findings.add(probe());
    findings.add(log());
    findings.add(cohort());
    return findings;
  }

  static Finding java(int feature) {
    return feature >= JAVA
        ? Finding.ok("Java " + feature)
        : Finding.fail(
            "Java " + feature + " instead of " + JAVA,
            "install a Java " + JAVA + " runtime, or set HALFSECOND_JAVA_HOME");
  }

  private Finding kernel() {
    return host.read("/proc/sys/kernel/osrelease")
        .map(release -> Finding.ok("Linux " + release.strip()))
        .orElse(
            Finding.fail(
                "not Linux: /proc/sys/kernel/osrelease cannot be read",
                "collect runs on Linux only; stream and alerts run anywhere"));
  }

  private Finding processEvents() {
    return has(Capability.CAP_NET_ADMIN)
        ? Finding.ok("kernel source: has CAP_NET_ADMIN")
        : Finding.fail(
            "kernel source: lacks CAP_NET_ADMIN, which process accounting (taskstats) needs",
            "run as root, or give the service AmbientCapabilities=CAP_NET_ADMIN");
  }

  /// In another namespace the kernel ignores the subscription without an error, or acknowledges it
  /// and sends nothing.
  private Finding namespaces() {
    var foreign = new ArrayList<String>();
    link("pid").filter(id -> !id.equals(INITIAL_PID)).ifPresent(_ -> foreign.add("pid"));
    link("user").filter(id -> !id.equals(INITIAL_USER)).ifPresent(_ -> foreign.add("user"));
    var initsNetwork = host.link("/proc/1/ns/net");
    if (initsNetwork.isPresent() && !initsNetwork.equals(link("net"))) {
      foreign.add("network");
    }
    return foreign.isEmpty()
        ? Finding.ok("kernel source: in the host's pid, user and network namespaces")
        : Finding.fail(
            "kernel source: not in the host's "
                + String.join(" and ", foreign)
                + " namespace: the kernel sends no events here",
            "in a container use the host's (--pid=host --network=host, no user remapping); in a"
                + " unit drop PrivateNetwork, PrivateUsers and PrivatePIDs");
  }

  private Optional<String> link(String namespace) {
    return host.link("/proc/self/ns/" + namespace);
  }

  private Finding sshd() {
    var listeners =
        host.list("/proc").stream()
            .filter(name -> !name.isEmpty() && Character.isDigit(name.charAt(0)))
            .filter(
                pid ->
                    host.read("/proc/" + pid + "/comm")
                        .map(String::strip)
                        .filter(SshdPrograms.SSHD::equals)
                        .isPresent())
            .count();
    if (listeners > 0) {
      return Finding.ok("sshd: running (%d processes)".formatted(listeners));
    }
    return SshdPrograms.paths(SshdPrograms.SSHD)
        .map(Path::toString)
        .filter(path -> Files.exists(host.path(path)))
        .findFirst()
        .map(
            path ->
                Finding.warn(
                    "sshd: " + path + " is installed, but not running",
                    "nothing to do if it is started per connection (ssh.socket)"))
        .orElse(
            Finding.fail(
                "sshd: neither running nor installed",
                "install openssh-server, or leave this host out"));
  }

  private Finding probe() {
    if (!configuration.get(Catalogue.PROBE)) {
      return Finding.warn(
          "probe: off (collector.probe is false)",
          "it finds the smallest shifts, and on a host without logins it is the only measurement");
    }
    var command = configuration.get(Catalogue.SSHD_COMMAND).orElse("");
    return configuration
        .get(Catalogue.PROBE_TARGET)
        .or(() -> new SshdListeners(host.path("/proc"), command).address())
        .map(
            address ->
                Finding.ok(
                    "probe: sshd at %s:%d".formatted(address.getHostString(), address.getPort())))
        .orElse(
            Finding.warn(
                "probe: no listening sshd found",
                "start sshd, or set collector.probe-target; without root only port 22 is found"));
  }

  private Finding log() {
    var choice = configuration.get(Catalogue.LOG);
    boolean journal =
        JOURNALS.stream().anyMatch(directory -> Files.isDirectory(host.path(directory)));
    return switch (choice) {
      case OFF ->
          Finding.warn(
              "log source: off (collector.log is off): methods and users are unknown",
              "set collector.log to auto");
      case JOURNAL ->
          journal
              ? journalFound()
              : Finding.fail(
                  "log source: no journal on this host", "set collector.log to file or auto");
      case FILE -> file(true);
      case AUTO -> journal ? journalFound() : file(false);
    };
  }

  private Finding journalFound() {
    // Users may read their own journals, but sshd's lines are in the system's, in a directory named
    // by the machine id.
    boolean readable =
        JOURNALS.stream()
            .flatMap(
                base -> host.list(base).stream().map(id -> base + "/" + id + "/system.journal"))
            .anyMatch(journal -> Files.isReadable(host.path(journal)));
    return readable
        ? Finding.ok("log source: the journal")
        : Finding.warn(
            "log source: the journal, but there is no system.journal that this user may read",
            "start systemd-journald, or set collector.log to file; if there is one, run as root or"
                + " add the user to group systemd-journal; without it methods and users stay"
                + " unknown");
  }

  private Finding file(boolean demanded) {
    var candidates =
        configuration.get(Catalogue.LOG_FILE).map(Path::toString).map(List::of).orElse(USUAL_LOGS);
    var present = candidates.stream().filter(file -> Files.exists(host.path(file))).findFirst();
    if (present.filter(file -> Files.isReadable(host.path(file))).isPresent()) {
      return Finding.ok("log source: " + present.get());
    }
    var what =
        "log source: "
            + present
                .map(file -> file + " is not readable")
                .orElse(String.join(" and ", candidates) + " not found");
    var remedy =
        "set collector.log-file, or add the user to group adm; without it methods and users stay"
            + " unknown";
    return demanded
        ? Finding.fail(what, remedy)
        : Finding.warn(what + ", and there is no journal", remedy);
  }

  private Finding cohort() {
    var configured = configuration.get(Catalogue.COHORT);
    var name = configured.orElseGet(() -> Cohort.of(host::read));
    return name.isEmpty()
        ? Finding.warn(
            "cohort: none: no os-release file names the system",
            "set collector.cohort to a name that comparable hosts share; without it this host is"
                + " judged by its own connections alone")
        : Finding.ok(
            "cohort: %s (%s)"
                .formatted(name, configured.isPresent() ? "collector.cohort" : "from os-release"));
  }

  private boolean has(Capability capability) {
    return host.read("/proc/self/status")
        .filter(status -> Capability.effective(status).contains(capability))
        .isPresent();
  }
}
