package io.halfsecond.deploy.service;

import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.CollectorSettings.LogMode;
import io.halfsecond.collector.source.probe.ProbeSettings;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the configuration means to each part.
public final class Settings {
  private static final Path KERNELS_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private Settings() {}

  /// The collector, on the cluster that the configuration names.
  public static CollectorSettings collector(Configuration c) {
    return collector(c, c.get(Catalogue.BOOTSTRAP_SERVERS)).withKafka(c.kafka());
  }

  /// The collector, on another cluster, to which the configuration's `kafka.*` do not apply.
  public static CollectorSettings collector(Configuration c, String bootstrapServers) {
    var settings =
        CollectorSettings.defaults(host(c), bootstrapServers, c.get(Catalogue.COLLECTOR_STATE))
            .withCohort(c.get(Catalogue.COHORT).orElseGet(Cohort::ofThisHost))
            .withTopicPrefix(c.get(Catalogue.TOPIC_PREFIX))
            .withKernel(c.get(Catalogue.KERNEL))
            .withPrivsepUser(c.get(Catalogue.PRIVSEP_USER))
            .withSshdCommand(c.get(Catalogue.SSHD_COMMAND).orElse(""))
            .withPseudonyms(c.get(Catalogue.PSEUDONYMS))
            .withSelfTest(c.get(Catalogue.SELF_TEST))
            .withInventory(c.get(Catalogue.INVENTORY))
            .withHeartbeat(c.get(Catalogue.HEARTBEAT));
    var withFile = c.get(Catalogue.LOG_FILE).map(settings::withLogFile).orElse(settings);
    var withLog =
        withFile.withLog(
            switch (c.get(Catalogue.LOG)) {
              // A file that the user names is what the user wants read.
              case AUTO -> c.get(Catalogue.LOG_FILE).isPresent() ? LogMode.FILE : LogMode.AUTO;
              case JOURNAL -> LogMode.JOURNAL;
              case FILE -> LogMode.FILE;
              case OFF -> LogMode.OFF;
            });
    var withKey =
        c.get(Catalogue.PSEUDONYMS)
            ? c.get(Catalogue.PSEUDONYM_KEY).map(withLog::withPseudonymKeyFile).orElse(withLog)
            : withLog;
    return c.get(Catalogue.PROBE) ? withKey.withProbe(probe(c)) : withKey;
  }

  private static ProbeSettings probe(Configuration c) {
    return new ProbeSettings(
        c.get(Catalogue.PROBE_TARGET),
        c.get(Catalogue.PROBE_INTERVAL),
        c.get(Catalogue.SSHD_COMMAND).orElse(""));
  }

  /// The topology, on the cluster that the configuration names.
  public static StreamsSettings streams(Configuration c) {
    return streams(c, c.get(Catalogue.BOOTSTRAP_SERVERS)).withKafka(c.kafka());
  }

  /// The topology, on another cluster, to which the configuration's `kafka.*` do not apply.
  public static StreamsSettings streams(Configuration c, String bootstrapServers) {
    return StreamsSettings.defaults(bootstrapServers, c.get(Catalogue.STREAM_STATE))
        .withApplicationId(c.get(Catalogue.APPLICATION_ID))
        .withTopics(Clusters.topics(c))
        .withThreads(c.get(Catalogue.THREADS))
        .withReplicationFactor(c.get(Catalogue.REPLICATION_FACTOR))
        .withCommitInterval(c.get(Catalogue.COMMIT_INTERVAL))
        .withDetector(detector(c));
  }

  /// What the topology judges by.
  public static DetectorSettings detector(Configuration c) {
    return new DetectorSettings(
        c.get(Catalogue.MAX_FALSE_ALARMS),
        c.get(Catalogue.BLOCK),
        c.get(Catalogue.QUARANTINE),
        c.get(Catalogue.QUARANTINE_SAMPLES),
        DetectorSettings.defaults().baselineSamples());
  }

  /// The name of this host: the configured one, or the kernel's.
  public static String host(Configuration c) {
    var configured = c.get(Catalogue.HOST);
    if (!configured.isEmpty()) {
      return configured;
    }
    try {
      return Files.readString(KERNELS_HOST_NAME).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("no host name: set the key host", e);
    }
  }
}
