package io.halfsecond.deploy.doctor;

import io.halfsecond.collector.linux.Capability;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.log.LogSample;
import io.halfsecond.collector.sshd.SshdListener;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Cohort;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.schemas.Names;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Checks what a collector needs from its host, in /proc and the file system, tries whether the
/// kernel tells of a child process, and asks servers that listen whether they speak ssh. Changes
/// nothing.
public final class HostChecks {
  private static final int JAVA = 25;
  private static final List<String> USUAL_LOGS = List.of("/var/log/auth.log", "/var/log/secure");
  private static final List<String> JOURNALS = List.of("/var/log/journal", "/run/log/journal");

  private static final int SAMPLE_BYTES = 65_536;

  private static final String UNKNOWN_USERS =
      "methods and users of logins stay unknown, and so does why a login failed";

  private static final String NO_PIDS =
      "a line without a pid belongs to no connection: " + UNKNOWN_USERS;

  private static final String DROP_OWN_LOG =
      "start sshd without -E, so that it logs to syslog or the journal";

  private final Host host;
  private final Configuration configuration;

  private final Function<KernelSettings, KernelTrial> kernel;
  private final Optional<SshGreeting> greeting;

  /// @param connect whether listening servers may be connected to
  public HostChecks(Host host, Configuration configuration, boolean connect) {
    this(
        host,
        configuration,
        KernelTrial::of,
        connect ? Optional.of(SshGreeting.byConnecting()) : Optional.empty());
  }

  HostChecks(
      Host host,
      Configuration configuration,
      Function<KernelSettings, KernelTrial> kernel,
      Optional<SshGreeting> greeting) {
    this.host = host;
    this.configuration = configuration;
    this.kernel = kernel;
    this.greeting = greeting;
  }

  public List<Finding> run() throws InterruptedException {
    var servers =
        new SshServerChecks(host, configuration.get(Catalogue.SSHD_COMMAND).orElse(""), greeting);
    var findings = new ArrayList<Finding>();
    findings.add(java(Runtime.version().feature()));
    findings.add(kernel());
    findings.add(name());
    var source = Settings.kernel(configuration);
    if (source.isPresent()) {
      findings.add(processEvents(kernel.apply(source.get())));
      privsepUser().ifPresent(findings::add);
    } else {
      findings.add(
          Finding.warn(
              "kernel source: off (collector.kernel is false)",
              "logs show neither startup nor CPU of a connection",
              "set collector.kernel to true, unless this is a container"));
    }
    findings.addAll(servers.run());
    findings.add(probe(servers.activated()));
    findings.addAll(ownLogs(servers.watched()));
    findings.add(log());
    findings.add(state());
    findings.add(cohort());
    return findings;
  }

  static Finding java(int feature) {
    return feature >= JAVA
        ? Finding.ok("Java " + feature)
        : Finding.fail(
            "Java " + feature + " instead of " + JAVA,
            "another version does not run Halfsecond",
            "install a Java " + JAVA + " runtime, or set HALFSECOND_JAVA_HOME");
  }

  private Finding kernel() {
    return host.read("/proc/sys/kernel/osrelease")
        .map(release -> Finding.ok("Linux " + release.strip()))
        .orElse(
            Finding.fail(
                "not Linux: /proc/sys/kernel/osrelease cannot be read",
                "a collector takes its measurements from the Linux kernel",
                "run collect on Linux hosts; stream and alerts run anywhere"));
  }

  /// Records are keyed by it, and the topology rejects those of an illegal one.
  private Finding name() {
    var configured = configuration.get(Catalogue.HOST);
    var name =
        configured.isEmpty()
            ? host.read("/proc/sys/kernel/hostname").map(String::strip).orElse("")
            : configured;
    return Names.isHost(name)
        ? Finding.ok("host: " + name)
        : Finding.fail(
            "host: '%s' is not a name that records can be keyed by".formatted(name),
            "the topology refuses its records",
            "set the key host to a letter or digit, then up to 252 letters, digits or ._:-");
  }

  /// By what the kernel tells of a child process.
  private Finding processEvents(KernelTrial heard) {
    if (heard.noEvents().isPresent()) {
      return Finding.fail(
          "kernel source: the proc connector does not tell of a child process of doctor's: "
              + heard.noEvents().get(),
          "startup and CPU of connections are not measured",
          kernelRemedy());
    }
    return heard
        .noAccount()
        .map(
            missing ->
                Finding.fail(
                    "kernel source: the proc connector tells of the exit of a child process of"
                        + " doctor's, and taskstats do not: "
                        + missing,
                    "the CPU that a connection has used is not known from its end",
                    kernelRemedy()))
        .orElseGet(
            () ->
                Finding.ok(
                    "kernel source: the proc connector and taskstats told of the exit of a child"
                        + " process of doctor's within %d ms".formatted(heard.took().toMillis())));
  }

  private String kernelRemedy() {
    if (has(Capability.CAP_NET_ADMIN)) {
      return "in a container use the host's namespaces (--pid=host --network=host, no user"
          + " remapping); in a unit drop PrivateNetwork, PrivateUsers and PrivatePIDs";
    }
    return isRoot()
        ? "in a container add CAP_NET_ADMIN (--cap-add=NET_ADMIN); in a unit check"
            + " CapabilityBoundingSet"
        : "run as root, or give the service AmbientCapabilities=CAP_NET_ADMIN";
  }

  private boolean isRoot() {
    return host.read("/proc/self/status").filter(Proc::runsAsRoot).isPresent();
  }

  private Optional<Finding> privsepUser() {
    var account = configuration.get(Catalogue.PRIVSEP_USER);
    return host.read("/etc/passwd").stream()
            .flatMap(String::lines)
            .anyMatch(line -> line.startsWith(account + ":"))
        ? Optional.empty()
        : Optional.of(
            Finding.warn(
                "kernel source: no account %s in /etc/passwd".formatted(account),
                "the process that authenticates is known by this account: without, the time of"
                    + " authentication is not measured",
                "set collector.privsep-user to the account that sshd's privilege separation uses"));
  }

  /// @param activated where a service manager listens for sshd
  private Finding probe(Optional<InetSocketAddress> activated) {
    if (!configuration.get(Catalogue.PROBE)) {
      return Finding.warn(
          "probe: off (collector.probe is false)",
          "it finds the smallest shifts, and on a host without logins it is the only measurement",
          "set collector.probe to true");
    }
    var command = configuration.get(Catalogue.SSHD_COMMAND).orElse("");
    return configuration
        .get(Catalogue.PROBE_TARGET)
        .or(() -> new SshdListeners(host.path("/proc"), command).address())
        .map(
            address ->
                Finding.ok(
                    "probe: sshd at %s:%d".formatted(address.getHostString(), address.getPort())))
        .orElseGet(
            () ->
                Finding.warn(
                    "probe: no listening sshd found",
                    "the smallest shifts, and all of a host without logins, are not found",
                    activated
                        .map(
                            address ->
                                "set collector.probe-target to %s:%d, where sshd is started for"
                                        .formatted(address.getHostString(), address.getPort())
                                    + " each connection")
                        .orElse(
                            "start sshd, or set collector.probe-target to its address"
                                + (isRoot() ? "" : "; without root only port 22 is found"))));
  }

  /// Each sshd that writes a log of its own: neither syslog nor the journal gets its lines.
  private List<Finding> ownLogs(List<SshdListener> watched) {
    return watched.stream()
        .flatMap(
            listener ->
                listener.commandLine().logFile().stream()
                    .map(
                        file ->
                            Finding.warn(
                                "log source: sshd (pid %d) logs to %s (-E), without pids"
                                    .formatted(listener.pid(), file),
                                NO_PIDS,
                                DROP_OWN_LOG)))
        .toList();
  }

  private Finding log() throws InterruptedException {
    var choice = configuration.get(Catalogue.LOG);
    boolean journal =
        JOURNALS.stream().anyMatch(directory -> Files.isDirectory(host.path(directory)));
    return switch (choice) {
      case OFF ->
          Finding.warn(
              "log source: off (collector.log is off)", UNKNOWN_USERS, "set collector.log to auto");
      case JOURNAL ->
          journal
              ? journalFound()
              : Finding.fail(
                  "log source: no journal on this host",
                  UNKNOWN_USERS,
                  "set collector.log to file or auto");
      case FILE -> file(true);
      case AUTO -> journal ? journalFound() : file(false);
    };
  }

  private Finding journalFound() throws InterruptedException {
    // Users may read their own journals, but sshd's lines are in the system's, in a directory named
    // by the machine id.
    boolean readable =
        JOURNALS.stream()
            .flatMap(
                base -> host.list(base).stream().map(id -> base + "/" + id + "/system.journal"))
            .anyMatch(journal -> Files.isReadable(host.path(journal)));
    if (readable) {
      return host.isThisHost()
          ? tried("log source: the journal", LogTrial.ofJournal())
          : Finding.ok("log source: the journal");
    }
    return Finding.warn(
        "log source: the journal, but there is no system.journal that this user may read",
        UNKNOWN_USERS,
        "start systemd-journald, or set collector.log to file%s"
            .formatted(
                isRoot()
                    ? ""
                    : "; if there is one, run as root or add the user to group"
                        + " systemd-journal"));
  }

  /// Connects to the watched sshd, and looks for what it logs of that.
  private Finding tried(String what, LogTrial log) throws InterruptedException {
    var address =
        new SshdListeners(host.path("/proc"), configuration.get(Catalogue.SSHD_COMMAND).orElse(""))
            .address();
    boolean answered =
        address.isPresent() && greeting.flatMap(server -> server.of(address.get())).isPresent();
    if (!answered) {
      return Finding.ok(what);
    }
    return log.arrives()
        ? Finding.ok(what + ", which has sshd's line about a connection made now")
        : Finding.warn(
            what + ", which has no line of sshd's about a connection made now",
            UNKNOWN_USERS,
            "sshd logs elsewhere or not at all: see LogLevel and SyslogFacility in sshd_config, -E"
                + " on its command line, and the log daemon");
  }

  private Finding file(boolean demanded) throws InterruptedException {
    var candidates =
        configuration.get(Catalogue.LOG_FILE).map(Path::toString).map(List::of).orElse(USUAL_LOGS);
    var present = candidates.stream().filter(file -> Files.exists(host.path(file))).findFirst();
    if (present.filter(file -> Files.isReadable(host.path(file))).isPresent()) {
      return lacksPids(present.get())
          ? Finding.warn(
              "log source: sshd's lines in %s have no pid".formatted(present.get()),
              NO_PIDS,
              DROP_OWN_LOG)
          : tried("log source: " + present.get(), LogTrial.of(host.path(present.get())));
    }
    var what =
        "log source: "
            + present
                .map(file -> file + " is not readable")
                .orElse(String.join(" and ", candidates) + " not found");
    var remedy =
        "set collector.log-file%s".formatted(isRoot() ? "" : ", or add the user to group adm");
    return demanded
        ? Finding.fail(what, UNKNOWN_USERS, remedy)
        : Finding.warn(what + ", and there is no journal", UNKNOWN_USERS, remedy);
  }

  /// By the last lines of the file.
  private boolean lacksPids(String file) {
    var path = host.path(file);
    long from = Math.max(0, path.toFile().length() - SAMPLE_BYTES);
    // The first line is cut, unless the file is small.
    var lines = LogTrial.lines(path, from).stream().skip(from > 0 ? 1 : 0).toList();
    return LogSample.lacksPids(lines, LogTrial.calendar());
  }

  /// The collector makes its state directory, so the nearest one that exists decides.
  private Finding state() {
    var directory = configuration.get(Catalogue.COLLECTOR_STATE);
    var existing = directory.toAbsolutePath();
    while (existing.getParent() != null && Files.notExists(host.path(existing.toString()))) {
      existing = existing.getParent();
    }
    var path = host.path(existing.toString());
    return Files.isDirectory(path) && Files.isWritable(path)
        ? Finding.ok("state directory: " + directory)
        : Finding.fail(
            "state directory: this user may not write to " + existing,
            "the collector keeps there what Kafka has not yet, and what names are replaced by",
            "run as the user of the service, or set collector.state-directory");
  }

  private Finding cohort() {
    var configured = configuration.get(Catalogue.COHORT);
    var name = configured.orElseGet(() -> Cohort.of(host::read));
    return name.isEmpty()
        ? Finding.warn(
            "cohort: none: no os-release file names the system",
            "this host is judged by its own connections alone",
            "set collector.cohort to a name that comparable hosts share")
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
