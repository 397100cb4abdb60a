package io.halfsecond.deploy.config;

import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.source.probe.ProbeSettings;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.AuthenticationSettings;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.metric.HostMetrics;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/// All configuration keys.
///
/// Below `kafka.`, Kafka's own client settings are allowed under Kafka's own names, for encryption,
/// authentication and timeouts; with `-file` appended, the value is the content of the file named.
public final class Catalogue {
  public static final String KAFKA = "kafka.";
  static final String FROM_FILE = "-file";

  public static final Key<String> HOST =
      Key.host(
          "host", "Name of this host in telemetry and alerts; by default the kernel's host name");
  public static final Key<String> BOOTSTRAP_SERVERS =
      Key.servers(
          "kafka.bootstrap.servers",
          "127.0.0.1:9092",
          "The Kafka brokers; by default the embedded one, at the port of broker.port");

  public static final Key<String> TOPIC_PREFIX =
      Key.topicPrefix("topics.prefix", Topics.DEFAULT_PREFIX, "Prefix of the topics' names");
  public static final Key<Integer> PARTITIONS =
      Key.count(
          "topics.partitions",
          Topics.DEFAULT_PARTITIONS,
          1,
          10_000,
          "Partitions of a new topic; where topics exist, as many as they have");
  public static final Key<Integer> REPLICATION_FACTOR =
      Key.count(
          "topics.replication-factor",
          -1,
          -1,
          100,
          "Replicas of every topic, the topology's internal topics included; -1 for the broker's"
              + " default");

  public static final Key<Optional<URI>> REGISTRY_URL =
      Key.optionalUrl(
          "schema.registry.url",
          "A schema registry with the interface of Confluent's: alerts are written in its format,"
              + " and read in both; by default there is none");
  public static final Key<Optional<Path>> REGISTRY_USER =
      Key.optionalPath(
          "schema.registry.user-file",
          "File with one line, the name of a user of the registry, a colon and the password; only"
              + " its owner may read it");

  public static final Key<Boolean> KERNEL =
      Key.flag("collector.kernel", true, "Read the kernel's process events and accounting");
  public static final Key<LogSettings.Mode> LOG =
      Key.choice(
          "collector.log",
          LogSettings.Mode.class,
          LogSettings.Mode.AUTO,
          "Where sshd's log is: auto takes the journal if there is one, else the file");
  public static final Key<Optional<Path>> LOG_FILE =
      Key.optionalPath(
          "collector.log-file",
          "The file that sshd's log is in; by default /var/log/auth.log or /var/log/secure");
  public static final Key<Optional<String>> COHORT =
      Key.optionalCohort(
          "collector.cohort",
          "Name of the hosts that are comparable with this one; by default the system's id, version"
              + " and machine, such as debian-12-x86_64");
  public static final Key<Path> COLLECTOR_STATE =
      Key.path(
          "collector.state-directory",
          "/var/lib/halfsecond/collector",
          "Where the collector keeps its state across restarts");
  public static final Key<Boolean> SPOOL =
      Key.flag(
          "collector.spool",
          true,
          "Write records to the collector's state directory, and keep them there until Kafka has"
              + " acknowledged them");
  public static final Key<Long> SPOOL_SIZE =
      Key.size(
          Math.toIntExact(SpoolSettings.LEAST_BYTES >> 20),
          "collector.spool-size",
          "64MiB",
          "Size of the spool; when it is full, the oldest records make room for new ones");
  public static final Key<Duration> SPOOL_AGE =
      Key.durationBelow(
          SpoolSettings.AGE_LIMIT,
          "collector.spool-age",
          "20h",
          "How long a record waits for Kafka before it is given up");
  public static final Key<String> PRIVSEP_USER =
      Key.text("collector.privsep-user", "sshd", "The account of sshd's unprivileged processes");
  public static final Key<Optional<String>> SSHD_COMMAND =
      Key.optionalText(
          "collector.sshd-command",
          "Watch only the sshd whose command line contains this; by default every sshd of the"
              + " host");
  public static final Key<Integer> SESSION_PROGRAMS =
      Key.count(
          "collector.session-programs",
          KernelSettings.DEFAULT_PROGRAMS,
          0,
          Bounds.PROGRAMS,
          "Programs that are named by path for each session of a login; further ones are counted."
              + " 0 names none");
  public static final Key<Boolean> PSEUDONYMS =
      Key.flag(
          "collector.pseudonyms",
          true,
          "Send keyed hashes of user names, addresses and keys; these themselves are never sent");
  public static final Key<Optional<Path>> PSEUDONYM_KEY =
      Key.optionalPath(
          "collector.pseudonym-key-file",
          "File with a secret key of the hashes that several hosts share; by default each host"
              + " makes its own key");
  public static final Key<ExpectedNetworks> EXPECTED_NETWORKS =
      Key.networks(
          "collector.expected-networks",
          ExpectedNetworks.PRIVATE,
          "Where clients are expected to come from: private stands for private, link-local and"
              + " loopback addresses. Addresses are judged on the host and never sent");
  public static final Key<Boolean> EXPOSURE =
      Key.flag(
          "collector.exposure",
          false,
          "Alert about logins from outside collector.expected-networks");
  public static final Key<Optional<Path>> COLLECTOR_KEY =
      Key.optionalPath(
          "collector.authentication-key-file",
          "File with the key of this host, from halfsecond enroll: every record then carries a code"
              + " that only this host can make");
  public static final Key<Boolean> PROBE =
      Key.flag(
          "collector.probe",
          true,
          "Probe this host's sshd: five connections a round, the last as a user who does not exist"
              + " and is refused. They appear in sshd's log");
  public static final Key<Optional<InetSocketAddress>> PROBE_TARGET =
      Key.optionalAddress(
          "collector.probe-target",
          "Address to probe; by default the socket that sshd listens on, or port 22 where the"
              + " collector cannot see which socket is sshd's");
  public static final Key<Duration> PROBE_INTERVAL =
      Key.durationFrom(
          Math.toIntExact(ProbeSettings.SHORTEST.toSeconds()),
          "collector.probe-interval",
          "60s",
          "Time between two probe rounds, less up to a fifth at random");
  public static final Key<Boolean> SELF_TEST =
      Key.flag(
          "collector.self-test",
          true,
          "Run sshd's programs harmlessly in different environments, soon after the start and"
              + " daily; this takes a few seconds of CPU");
  public static final Key<Boolean> INVENTORY =
      Key.flag(
          "collector.inventory",
          true,
          "Inspect the files that sshd consists of, soon after the start and every five minutes;"
              + " each file is read once");
  public static final Key<Duration> HEARTBEAT =
      Key.duration(
          "collector.heartbeat", "10s", "Time between two status records of the collector");
  public static final Key<InetSocketAddress> COLLECTOR_HTTP =
      Key.address(
          "collector.http",
          "127.0.0.1:9155",
          "Where the collector serves /metrics, /-/healthy and /-/ready");

  public static final Key<Optional<Path>> COLLECTOR_WEB_CONFIG =
      Key.optionalPath(
          "collector.http-config-file",
          "Certificates and users of the collector's HTTP server: a file in the format of"
              + " Prometheus' --web.config.file");

  public static final Key<String> APPLICATION_ID =
      Key.text(
          "stream.application-id",
          "halfsecond",
          "Name of the topology's consumer group and prefix of its internal topics");
  public static final Key<Path> STREAM_STATE =
      Key.path(
          "stream.state-directory",
          "/var/lib/halfsecond/streams",
          "Where the topology keeps its local stores; they are rebuilt from Kafka if lost");
  public static final Key<Integer> THREADS =
      Key.count("stream.threads", 1, 1, 256, "Threads of the topology");
  public static final Key<Integer> STANDBY_REPLICAS =
      Key.count(
          "stream.standby-replicas",
          0,
          0,
          10,
          "Copies of the stores on other instances, which take over without restoring them");
  public static final Key<Optional<String>> STREAM_INSTANCE =
      Key.optionalText(
          "stream.instance",
          "Name of this instance, the same after a restart and different from every other: its work"
              + " then waits for it for 30 s instead of moving to other instances");
  public static final Key<Integer> MAX_HOSTS =
      Key.count(
          "stream.max-hosts",
          StreamsSettings.HostBounds.DEFAULT_MOST,
          1,
          10_000_000,
          "Hosts that an instance keeps; records of further hosts are dead letters");
  public static final Key<OptionalInt> NEW_HOSTS_PER_HOUR =
      Key.optionalCount(
          "stream.new-hosts-per-hour",
          1,
          10_000_000,
          "Hosts that an instance takes on in an hour, or at once if none came before; records of"
              + " further ones are dead letters; none means no such limit");
  public static final Key<Duration> COMMIT_INTERVAL =
      Key.duration(
          "stream.commit-interval",
          "1s",
          "Longest time from the arrival of a measurement to its alert");
  public static final Key<Boolean> ALERTS_JSON =
      Key.flag(
          "stream.alerts-json",
          false,
          "Also write each alert as JSON, to the topic alerts-json, which halfsecond topics apply"
              + " makes");
  public static final Key<InetSocketAddress> STREAM_HTTP =
      Key.address(
          "stream.http",
          "127.0.0.1:9156",
          "Where the topology serves /metrics, /-/healthy and /-/ready");

  public static final Key<Optional<Path>> STREAM_WEB_CONFIG =
      Key.optionalPath(
          "stream.http-config-file",
          "Certificates and users of the topology's HTTP server: a file in the format of"
              + " Prometheus' --web.config.file");

  public static final Key<Optional<InetSocketAddress>> STREAM_ADVERTISED =
      Key.optionalAddress(
          "stream.advertised-http",
          "Where other instances reach the HTTP server of this one, to answer questions about hosts"
              + " that it has; needed where there are several instances");

  public static final Key<URI> API_URL =
      Key.url(
          "api.url",
          "http://127.0.0.1:9156",
          "Where commands such as halfsecond where ask the topology: the HTTP server of any"
              + " instance");
  public static final Key<Optional<Path>> API_TOKEN =
      Key.optionalPath(
          "api.token-file",
          "File with the token of the query API, the same for all instances and for who asks; by"
              + " default api-token in stream.state-directory, which the topology makes");
  public static final Key<Optional<Path>> API_AUTHORITIES =
      Key.optionalPath(
          "api.ca-file",
          "Authorities in PEM of the certificates that the topology's HTTP servers have; by default"
              + " Java's own");

  public static final Key<HostMetrics> METRICS_HOSTS =
      Key.choice(
          "metrics.hosts",
          HostMetrics.class,
          HostMetrics.NOTABLE,
          "Of which hosts the topology's /metrics has all series, some 110 each: notable ones have"
              + " an open alert or lead the evidence, and the others have nine; with none, only"
              + " what is wrong is shown");

  public static final Key<AuthenticationSettings.Mode> AUTHENTICATION =
      Key.choice(
          "stream.authentication",
          AuthenticationSettings.Mode.class,
          AuthenticationSettings.Mode.AUTO,
          "Whether records need a right code: prefer takes those without one from hosts that have"
              + " never sent one; required takes none; auto is prefer with a secrets file, else"
              + " off");
  public static final Key<Optional<Path>> SECRETS_FILE =
      Key.optionalPath(
          "stream.authentication-secrets-file",
          "File with the fleet's secrets, from halfsecond enroll --new-secret");
  public static final Key<Optional<Path>> CONTROL_KEY =
      Key.optionalPath(
          "control.authentication-key-file",
          "File with the key of who decides, from halfsecond enroll --decider");

  public static final Key<List<URI>> PUSH_ALERTMANAGER =
      Key.urls(
          "push.alertmanager",
          "Addresses of Alertmanager that `halfsecond push` sends alerts to: all members of a"
              + " cluster");
  public static final Key<Optional<Path>> PUSH_ALERTMANAGER_CREDENTIALS =
      Key.optionalPath(
          "push.alertmanager-credentials-file", "File with USER:PASSWORD for Alertmanager");
  public static final Key<Duration> PUSH_ALERTMANAGER_INTERVAL =
      Key.duration(
          "push.alertmanager-interval",
          "1m",
          "Time between two times that all open alerts are sent; Alertmanager ends them when four"
              + " such times have passed without one");
  public static final Key<Optional<String>> PUSH_RUNBOOKS =
      Key.optionalText(
          "push.runbooks",
          "Where you publish the page docs/runbooks.md, for example"
              + " https://wiki.example/halfsecond#; the name of the alert is appended");
  public static final Key<Optional<String>> PUSH_DASHBOARDS =
      Key.optionalText("push.dashboards", "Grafana, as a browser reaches it, for links in alerts");
  public static final Key<Optional<Path>> PUSH_WEBHOOK =
      Key.optionalPath(
          "push.webhook-url-file",
          "File with the address that `halfsecond push` posts each step of an alert to; a file,"
              + " because such an address often holds a secret");
  public static final Key<Optional<Path>> PUSH_WEBHOOK_CREDENTIALS =
      Key.optionalPath("push.webhook-credentials-file", "File with USER:PASSWORD for the webhook");
  public static final Key<Optional<Path>> PUSH_WEBHOOK_KEY =
      Key.optionalPath(
          "push.webhook-key-file",
          "File with the key, whsec_ and Base64, that requests to the webhook are signed with as"
              + " Standard Webhooks says; several keys, a line each, give several signatures");
  public static final Key<Optional<Path>> PUSH_WEBHOOK_TEMPLATE =
      Key.optionalPath(
          "push.webhook-template-file",
          "File with a Mustache template of the JSON for the webhook, for example {\"text\":"
              + " \"{{title}}\"}; by default the alert as in halfsecond alerts --json");
  public static final Key<Optional<Path>> PUSH_CA =
      Key.optionalPath(
          "push.ca-file",
          "File with the authorities, in PEM, that certificates of Alertmanager and the webhook"
              + " must be from; by default those of Java");
  public static final Key<InetSocketAddress> PUSH_HTTP =
      Key.address(
          "push.http",
          "127.0.0.1:9157",
          "Where `halfsecond push` serves /metrics, /-/healthy and /-/ready");
  public static final Key<Optional<Path>> PUSH_WEB_CONFIG =
      Key.optionalPath(
          "push.http-config-file",
          "Certificates and users of that HTTP server: a file in the format of Prometheus'"
              + " --web.config.file");

  public static final Key<Budget> MAX_FALSE_ALARMS =
      Key.budget(
          "detector.max-false-alarms",
          "1/host-year",
          "Limit on false alarms, on average over all signals of a host or of the fleet; it applies"
              + " to pages and to tickets separately");
  public static final Key<Optional<Duration>> BLOCK =
      Key.automaticDuration(
          "detector.block",
          "Connections within one block count as one vote; auto is a minute, less on busy hosts");
  public static final Key<Duration> QUARANTINE =
      Key.duration(
          "detector.quarantine", "7d", "How long a sample waits before it enters the baseline");
  public static final Key<Integer> QUARANTINE_SAMPLES =
      Key.count(
          "detector.quarantine-samples",
          5_000,
          1,
          1_000_000,
          "How many samples must be pending to be committed after one quarantine; half as many"
              + " after two, and so on");

  public static final Key<Path> BROKER_DATA =
      Key.path(
          "broker.data-directory",
          "/var/lib/halfsecond/broker",
          "Where the embedded broker of `halfsecond up` keeps its data");
  public static final Key<Integer> BROKER_PORT =
      Key.count(
          "broker.port",
          9092,
          1,
          65533,
          "Port of the embedded broker; its controller uses this port plus two");

  /// Variables with our prefix that are for the launcher or for logging.
  static final Set<String> OTHER_VARIABLES =
      Set.of(
          "HALFSECOND_JAVA_HOME",
          "HALFSECOND_JAVA_OPTS",
          "HALFSECOND_LOG_LEVEL",
          "HALFSECOND_CONFIG");

  private static final List<Key<?>> ALL =
      List.of(
          HOST,
          BOOTSTRAP_SERVERS,
          TOPIC_PREFIX,
          PARTITIONS,
          REPLICATION_FACTOR,
          REGISTRY_URL,
          REGISTRY_USER,
          KERNEL,
          LOG,
          LOG_FILE,
          COHORT,
          COLLECTOR_STATE,
          SPOOL,
          SPOOL_SIZE,
          SPOOL_AGE,
          PRIVSEP_USER,
          SSHD_COMMAND,
          SESSION_PROGRAMS,
          PSEUDONYMS,
          PSEUDONYM_KEY,
          EXPECTED_NETWORKS,
          EXPOSURE,
          COLLECTOR_KEY,
          PROBE,
          PROBE_TARGET,
          PROBE_INTERVAL,
          SELF_TEST,
          INVENTORY,
          HEARTBEAT,
          COLLECTOR_HTTP,
          COLLECTOR_WEB_CONFIG,
          APPLICATION_ID,
          STREAM_STATE,
          THREADS,
          STANDBY_REPLICAS,
          STREAM_INSTANCE,
          MAX_HOSTS,
          NEW_HOSTS_PER_HOUR,
          COMMIT_INTERVAL,
          ALERTS_JSON,
          STREAM_HTTP,
          STREAM_WEB_CONFIG,
          STREAM_ADVERTISED,
          API_URL,
          API_TOKEN,
          API_AUTHORITIES,
          METRICS_HOSTS,
          AUTHENTICATION,
          SECRETS_FILE,
          CONTROL_KEY,
          PUSH_ALERTMANAGER,
          PUSH_ALERTMANAGER_CREDENTIALS,
          PUSH_ALERTMANAGER_INTERVAL,
          PUSH_RUNBOOKS,
          PUSH_DASHBOARDS,
          PUSH_WEBHOOK,
          PUSH_WEBHOOK_CREDENTIALS,
          PUSH_WEBHOOK_KEY,
          PUSH_WEBHOOK_TEMPLATE,
          PUSH_CA,
          PUSH_HTTP,
          PUSH_WEB_CONFIG,
          MAX_FALSE_ALARMS,
          BLOCK,
          QUARANTINE,
          QUARANTINE_SAMPLES,
          BROKER_DATA,
          BROKER_PORT);

  /// Settings that Halfsecond makes itself, or that would break its guarantees.
  private static final Set<String> NOT_THE_USERS =
      Set.of(
          "bootstrap.servers",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "enable.idempotence",
          "transactional.id",
          "group.id",
          "acks",
          "enable.auto.commit",
          "isolation.level");

  /// Made when they are first asked for: most collectors set none.
  private static final class Kafka {
    /// Kafka's client settings by name. A name means the same to all three clients that use it.
    static final Map<String, ConfigDef.ConfigKey> CLIENT = kafkaClient();
  }

  private Catalogue() {}

  /// In the order in which they are documented.
  public static List<Key<?>> all() {
    return ALL;
  }

  /// Names of Kafka's settings that may follow `kafka.`, sorted.
  static Map<String, ConfigDef.ConfigKey> kafka() {
    return Kafka.CLIENT;
  }

  private static Map<String, ConfigDef.ConfigKey> kafkaClient() {
    var keys = new TreeMap<String, ConfigDef.ConfigKey>();
    for (var definition :
        List.of(
            AdminClientConfig.configDef(),
            ProducerConfig.configDef(),
            ConsumerConfig.configDef())) {
      keys.putAll(definition.configKeys());
    }
    keys.keySet().removeAll(NOT_THE_USERS);
    return keys;
  }
}
