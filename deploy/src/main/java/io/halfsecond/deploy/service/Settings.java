package io.halfsecond.deploy.service;

import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.CollectorSettings.SshdSettings;
import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.selftest.SelfTestSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.sink.SinkSettings;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.source.probe.ProbeSettings;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.deploy.api.ApiClient;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.config.Key;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.HostAndPort;
import io.halfsecond.deploy.http.Trust;
import io.halfsecond.deploy.http.WebConfig;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.streams.AuthenticationSettings;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.StreamsConfig;

/// Translates the configuration into the settings of each part.
public final class Settings {
  private static final Path KERNELS_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private Settings() {}

  /// The collector, on the configured cluster.
  public static CollectorSettings collector(Configuration c) {
    return collector(c, new KafkaSettings(c.get(Catalogue.BOOTSTRAP_SERVERS), c.kafka()));
  }

  /// The collector, on another cluster, to which the configuration's `kafka.*` do not apply.
  public static CollectorSettings collector(Configuration c, String bootstrapServers) {
    return collector(c, new KafkaSettings(bootstrapServers, Map.of()));
  }

  private static CollectorSettings collector(Configuration c, SinkSettings sink) {
    var command = c.get(Catalogue.SSHD_COMMAND).orElse("");
    return new CollectorSettings(
        new HostIdentity(host(c), c.get(Catalogue.COHORT).orElseGet(Cohort::ofThisHost)),
        new SshdSettings(c.get(Catalogue.PRIVSEP_USER), command),
        new SourceSettings(
            kernel(c),
            Optional.of(log(c)),
            ifOn(
                c,
                Catalogue.PROBE,
                () ->
                    new ProbeSettings(
                        c.get(Catalogue.PROBE_TARGET), c.get(Catalogue.PROBE_INTERVAL), command))),
        ifOn(c, Catalogue.SELF_TEST, SelfTestSettings::defaults),
        ifOn(c, Catalogue.INVENTORY, InventorySettings::defaults),
        new PseudonymSettings(c.get(Catalogue.PSEUDONYMS), c.get(Catalogue.PSEUDONYM_KEY)),
        new ExposureSettings(c.get(Catalogue.EXPECTED_NETWORKS), c.get(Catalogue.EXPOSURE)),
        new EmitterSettings(
            c.get(Catalogue.TOPIC_PREFIX),
            EmitterSettings.defaults().queueCapacity(),
            ifOn(
                c,
                Catalogue.SPOOL,
                () -> new SpoolSettings(c.get(Catalogue.SPOOL_SIZE), c.get(Catalogue.SPOOL_AGE))),
            c.get(Catalogue.COLLECTOR_KEY)),
        sink,
        c.get(Catalogue.COLLECTOR_STATE),
        c.get(Catalogue.HEARTBEAT));
  }

  /// The collector's kernel source; empty if it is off.
  public static Optional<KernelSettings> kernel(Configuration c) {
    return ifOn(
        c,
        Catalogue.KERNEL,
        () ->
            KernelSettings.defaults()
                .withCommandLine(c.get(Catalogue.SSHD_COMMAND).orElse(""))
                .withSessionPrograms(c.get(Catalogue.SESSION_PROGRAMS)));
  }

  /// Where the collector's HTTP server listens, and to whom it answers.
  ///
  /// @throws ConfigurationException if the file of its certificates and users cannot be used
  public static Endpoint collectorHttp(Configuration c) {
    return endpoint(c, Catalogue.COLLECTOR_HTTP, Catalogue.COLLECTOR_WEB_CONFIG);
  }

  /// The same of the topology.
  ///
  /// @throws ConfigurationException if the file of its certificates and users cannot be used
  public static Endpoint streamHttp(Configuration c) {
    return endpoint(c, Catalogue.STREAM_HTTP, Catalogue.STREAM_WEB_CONFIG);
  }

  /// The query API of the topology.
  public static ApiSettings api(Configuration c) {
    return new ApiSettings(token(c), c.get(Catalogue.API_AUTHORITIES));
  }

  /// What asks the topology.
  ///
  /// @throws ConfigurationException if the file of authorities cannot be used
  public static ApiClient apiClient(Configuration c) {
    try {
      return new ApiClient(
          c.get(Catalogue.API_URL), token(c), Trust.of(c.get(Catalogue.API_AUTHORITIES)));
    } catch (IOException e) {
      throw new ConfigurationException(
          List.of(Catalogue.API_AUTHORITIES.name() + ": " + e.getMessage()));
    }
  }

  private static Path token(Configuration c) {
    return c.get(Catalogue.API_TOKEN)
        .orElseGet(() -> ApiSettings.ownToken(c.get(Catalogue.STREAM_STATE)));
  }

  /// The same of `halfsecond push`.
  ///
  /// @throws ConfigurationException if the file of its certificates and users cannot be used
  public static Endpoint pushHttp(Configuration c) {
    return endpoint(c, Catalogue.PUSH_HTTP, Catalogue.PUSH_WEB_CONFIG);
  }

  private static Endpoint endpoint(
      Configuration c, Key<InetSocketAddress> address, Key<Optional<Path>> file) {
    try {
      return new Endpoint(
          c.get(address),
          c.get(file).isPresent() ? WebConfig.read(c.get(file).get()) : WebConfig.NONE);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          List.of("%s: %s: no such file".formatted(file.name(), e.getMessage())));
    } catch (IOException e) {
      throw new ConfigurationException(List.of(file.name() + ": " + e.getMessage()));
    }
  }

  private static <T> Optional<T> ifOn(Configuration c, Key<Boolean> key, Supplier<T> settings) {
    return c.get(key) ? Optional.of(settings.get()) : Optional.empty();
  }

  /// A configured file is read whatever the mode, unless that is off.
  private static LogSettings log(Configuration c) {
    var mode = c.get(Catalogue.LOG);
    return c.get(Catalogue.LOG_FILE)
        .filter(_ -> mode != LogSettings.Mode.OFF)
        .map(LogSettings::ofFile)
        .orElseGet(() -> LogSettings.of(mode));
  }

  /// The topology, on the configured cluster.
  ///
  /// @param topics with the partitions that the cluster's topics have
  public static StreamsSettings streams(Configuration c, Topics topics) {
    return streams(
        c,
        c.get(Catalogue.BOOTSTRAP_SERVERS),
        topics,
        c.get(Catalogue.REPLICATION_FACTOR),
        c.get(Catalogue.STREAM_INSTANCE),
        c.kafka());
  }

  /// The only instance of the topology, on a cluster of one broker, to which the configuration's
  /// `kafka.*` do not apply.
  public static StreamsSettings streams(Configuration c, String bootstrapServers, Topics topics) {
    return streams(c, bootstrapServers, topics, 1, c.get(Catalogue.STREAM_INSTANCE), Map.of());
  }

  private static StreamsSettings streams(
      Configuration c,
      String bootstrapServers,
      Topics topics,
      int replicationFactor,
      Optional<String> instance,
      Map<String, String> kafka) {
    var further = new HashMap<>(kafka);
    c.get(Catalogue.STREAM_ADVERTISED)
        .ifPresent(at -> further.put(StreamsConfig.APPLICATION_SERVER_CONFIG, HostAndPort.of(at)));
    return new StreamsSettings(
        bootstrapServers,
        topics,
        new StreamsSettings.Application(
            c.get(Catalogue.APPLICATION_ID),
            c.get(Catalogue.STREAM_STATE),
            c.get(Catalogue.THREADS),
            replicationFactor,
            c.get(Catalogue.STANDBY_REPLICAS),
            c.get(Catalogue.COMMIT_INTERVAL),
            instance,
            new StreamsSettings.HostBounds(
                c.get(Catalogue.MAX_HOSTS), c.get(Catalogue.NEW_HOSTS_PER_HOUR))),
        detector(c),
        TimeBounds.defaults(),
        authentication(c),
        c.get(Catalogue.METRICS_HOSTS),
        further);
  }

  private static AuthenticationSettings authentication(Configuration c) {
    try {
      return new AuthenticationSettings(
          c.get(Catalogue.AUTHENTICATION), c.get(Catalogue.SECRETS_FILE));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(List.of(e.getMessage()));
    }
  }

  /// What makes the codes of decisions; none without a key.
  ///
  /// @throws IOException if the key file cannot be used; the message names it
  public static Optional<AuthenticationKey> decider(Configuration c) throws IOException {
    var file = c.get(Catalogue.CONTROL_KEY);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            AuthenticationKey.read(file.get()).require(file.get(), Role.DECIDER, Optional.empty()));
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
      throw new UncheckedIOException("cannot read the kernel's host name; set the key host", e);
    }
  }
}
