package io.halfsecond.collector;

import io.halfsecond.collector.source.probe.ProbeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a collector runs.
///
/// @param host the name that this host's records are keyed by
/// @param cohort the name of the hosts that are comparable with this one; empty for none
/// @param bootstrapServers Kafka's, `host:port` with commas between
/// @param kafka Kafka's own producer settings, for example TLS and SASL; they go before the
///   collector's
/// @param topicPrefix what the topics' names start with
/// @param stateDirectory for the pseudonym key and the sources' positions; made if missing
/// @param kernel whether to read the kernel's process events
/// @param log which log to read
/// @param logFile the file for [LogMode#FILE]; empty looks in the usual places
/// @param privsepUser the account that sshd's preauth child drops to
/// @param sshdCommand watch only the sshd whose command line contains this; empty for every sshd of
///   the host
/// @param pseudonyms whether stand-ins for user names and addresses are sent at all
/// @param pseudonymKeyFile a key shared with other hosts; empty makes one in the state directory
/// @param heartbeat from one status record to the next
/// @param queueCapacity records kept while Kafka is away
/// @param probe how this host's own sshd is probed; empty for not at all
/// @param selfTest whether sshd's programs are run in different surroundings, soon after the start
///   and daily
/// @param inventory whether the files that sshd consists of are looked at, soon after the start and
///   every five minutes
public record CollectorSettings(
    String host,
    String cohort,
    String bootstrapServers,
    Map<String, String> kafka,
    String topicPrefix,
    Path stateDirectory,
    boolean kernel,
    LogMode log,
    Optional<Path> logFile,
    String privsepUser,
    String sshdCommand,
    boolean pseudonyms,
    Optional<Path> pseudonymKeyFile,
    Duration heartbeat,
    int queueCapacity,
    Optional<ProbeSettings> probe,
    boolean selfTest,
    boolean inventory) {

  /// What the topology takes: keys are joined with it.
  private static final Pattern COHORT = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._:+-]{0,252})?");

  /// Which log to read.
  public enum LogMode {
    /** The journal if there is one, else a file. */
    AUTO,
    JOURNAL,
    FILE,
    OFF
  }

  public CollectorSettings {
    kafka = Map.copyOf(kafka);
    requireText("host", host);
    if (!COHORT.matcher(cohort).matches()) {
      throw new IllegalArgumentException(
          "cohort must be letters, digits and ._:+- or empty, not '" + cohort + "'");
    }
    requireText("bootstrapServers", bootstrapServers);
    requireText("privsepUser", privsepUser);
    if (!heartbeat.isPositive()) {
      throw new IllegalArgumentException("heartbeat must be positive, not " + heartbeat);
    }
    if (queueCapacity < 1) {
      throw new IllegalArgumentException("queueCapacity must be at least 1, not " + queueCapacity);
    }
    if (!kernel && log == LogMode.OFF) {
      throw new IllegalArgumentException("kernel is false and log is OFF: nothing is left to read");
    }
  }

  /// Kernel and log, a pseudonym key of its own, a heartbeat every 10 s, 16,384 records kept (some
  /// 5 MiB); no probe, no self-test, no inventory.
  public static CollectorSettings defaults(
      String host, String bootstrapServers, Path stateDirectory) {
    return new CollectorSettings(
        host,
        "",
        bootstrapServers,
        Map.of(),
        "ssh.",
        stateDirectory,
        true,
        LogMode.AUTO,
        Optional.empty(),
        "sshd",
        "",
        true,
        Optional.empty(),
        Duration.ofSeconds(10),
        16_384,
        Optional.empty(),
        false,
        false);
  }

  public CollectorSettings withCohort(String name) {
    return new CollectorSettings(
        host,
        name,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withKafka(Map<String, String> settings) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        settings,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withTopicPrefix(String prefix) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        prefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withKernel(boolean enabled) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        enabled,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withLog(LogMode mode) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        mode,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  /// Reads this file and no other log.
  public CollectorSettings withLogFile(Path file) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        LogMode.FILE,
        Optional.of(file),
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withPrivsepUser(String user) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        user,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withSshdCommand(String text) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        text,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withPseudonyms(boolean wanted) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        wanted,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withPseudonymKeyFile(Path file) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        true,
        Optional.of(file),
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withHeartbeat(Duration interval) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        interval,
        queueCapacity,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withQueueCapacity(int records) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        records,
        probe,
        selfTest,
        inventory);
  }

  public CollectorSettings withProbe(ProbeSettings value) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        Optional.of(value),
        selfTest,
        inventory);
  }

  public CollectorSettings withSelfTest(boolean wanted) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        wanted,
        inventory);
  }

  public CollectorSettings withInventory(boolean wanted) {
    return new CollectorSettings(
        host,
        cohort,
        bootstrapServers,
        kafka,
        topicPrefix,
        stateDirectory,
        kernel,
        log,
        logFile,
        privsepUser,
        sshdCommand,
        pseudonyms,
        pseudonymKeyFile,
        heartbeat,
        queueCapacity,
        probe,
        selfTest,
        wanted);
  }

  private static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is empty");
    }
  }
}
