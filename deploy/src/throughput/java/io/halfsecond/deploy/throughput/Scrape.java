package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;

/// Measures what Prometheus gets of the topology: series, size and time of a scrape, and memory.
///
/// Every host has connections, sessions, probes and heartbeats in the last two minutes, so that it
/// has all the series that a host has.
final class Scrape implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final int SCRAPES = 7;

  /// Two ticks, after which it is decided whose details are shown.
  private static final Duration SETTLING = Duration.ofSeconds(35);

  /// A build with its settings.
  private record Build(String name, String home, List<String> settings) {}

  private final Path directory;
  private final Child broker;
  private final String bootstrapServers;
  private int runs;

  private Scrape(Path directory) throws IOException {
    this.directory = directory;
    broker =
        Child.talking(
            Throughput.java(
                "-Xmx512m", Broker.class.getName(), directory.resolve("broker").toString()));
    bootstrapServers = broker.line();
  }

  private String measure(Build build, int hosts) throws Exception {
    var prefix = "s%d.".formatted(++runs);
    var application = prefix.replace('.', '-') + "app";
    var http = "127.0.0.1:" + Daemon.freePort();
    var log = directory.resolve("scrape-" + runs + ".log");
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      var topics = Topics.of(prefix, PARTITIONS);
      TopicPlan.of(admin, topics, 1).apply(admin);
      int records = send(topics, hosts);
      var command = new ArrayList<String>();
      command.addAll(
          List.of(
              Path.of(build.home(), "bin", "halfsecond").toString(),
              "stream",
              "--bootstrap-servers",
              bootstrapServers));
      for (var setting :
          List.of(
              "topics.prefix=" + prefix,
              "topics.partitions=" + PARTITIONS,
              "topics.replication-factor=1",
              "stream.application-id=" + application,
              "stream.state-directory=" + directory.resolve("state-" + runs),
              "stream.max-hosts=1000000",
              "stream.http=" + http)) {
        command.addAll(List.of("--set", setting));
      }
      build.settings().forEach(setting -> command.addAll(List.of("--set", setting)));
      var environment =
          Map.of(
              "HALFSECOND_JAVA_HOME",
              System.getProperty("java.home"),
              // A million series need more than the heap of 1 GB.
              "HALFSECOND_JAVA_OPTS",
              "-Xmx3g");
      var child = Child.start(log, environment, command);
      try {
        Throughput.awaitJudged(admin, child, application, prefix, records, log);
        Thread.sleep(SETTLING);
        return row(build, hosts, child, http);
      } finally {
        child.close();
      }
    }
  }

  /// @return how many records
  private int send(Topics topics, int hosts) {
    var all = new ArrayList<SyntheticHost>();
    for (int n = 0; n < hosts; n++) {
      all.add(new SyntheticHost("web-%05d".formatted(n), n));
    }
    try (var sender = new TelemetrySender(bootstrapServers, topics)) {
      for (int round = 1; round >= 0; round--) {
        var at = Instant.now().minus(Duration.ofMinutes(round));
        for (var host : all) {
          sender.send(host.connection(at, SyntheticHost.USUAL_STARTUP));
          sender.send(host.probe(at));
          sender.send(host.heartbeat(at));
        }
        sender.flush();
      }
    }
    return hosts * 2 * 4;
  }

  private static String row(Build build, int hosts, Child child, String http) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://" + http + "/metrics")).build();
    var millis = new ArrayList<Double>();
    var cpuMillis = new ArrayList<Double>();
    var scraped = "";
    try (var client = HttpClient.newHttpClient()) {
      for (int n = 0; n < SCRAPES; n++) {
        long began = System.nanoTime();
        double cpu = child.cpuSeconds();
        scraped = client.send(request, BodyHandlers.ofString()).body();
        millis.add((System.nanoTime() - began) / 1e6);
        cpuMillis.add((child.cpuSeconds() - cpu) * 1e3);
      }
    }
    long heap = child.heapBytes();
    var lines = scraped.lines().filter(line -> !line.startsWith("#")).toList();
    long ofHosts = lines.stream().filter(line -> line.contains("host=\"web-")).count();
    return String.format(
        Locale.ROOT,
        "| %,d | %s | %,d | %.1f | %.1f | %,.0f | %,.0f | %.0f | %.0f |",
        hosts,
        build.name(),
        lines.size(),
        (double) ofHosts / hosts,
        scraped.length() / 1e6,
        median(millis),
        median(cpuMillis),
        heap / 1e6,
        child.residentBytes() / 1e6);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  @Override
  public void close() {
    broker.close();
  }

  /// `--hosts N`; `--build NAME=DIRECTORY[,SETTING=VALUE]` for each; `--report FILE`, `--commit
  /// NAME`.
  static void main(String[] arguments) throws Exception {
    var builds = new ArrayList<Build>();
    int hosts = 10_000;
    var report = Path.of("SCRAPE.md");
    var commit = "unknown";
    for (int n = 0; n < arguments.length; n++) {
      switch (arguments[n]) {
        case "--hosts" -> hosts = Integer.parseInt(arguments[++n]);
        case "--build" -> {
          var parts = List.of(arguments[++n].split(",", -1));
          var named = parts.getFirst().split("=", 2);
          builds.add(new Build(named[0], named[1], parts.subList(1, parts.size())));
        }
        case "--report" -> report = Path.of(arguments[++n]);
        case "--commit" -> commit = arguments[++n];
        default -> throw new IllegalArgumentException("unknown argument: " + arguments[n]);
      }
    }
    for (var setting : List.of("all", "notable", "none")) {
      builds.add(new Build(setting, "target/halfsecond", List.of("metrics.hosts=" + setting)));
    }
    var lines = new ArrayList<String>();
    lines.addAll(
        """
        # A scrape of the topology, measured

        This file is written by `make scrape`. Each host has sent two connections with their sessions, two probe rounds and
        two heartbeats, so it has every series that a host has. The topology's process runs with a heap of 3 GB at most; time
        and CPU are the median of %d scrapes over HTTP, in the text format, and heap is what is in use after a collection.

        Commit %s, Java %s, %d processors.

        | hosts | `metrics.hosts` | series | of them a host | MB | ms | CPU ms | heap MB | RSS MB |
        |---|---|---|---|---|---|---|---|---|
        """
            .formatted(
                SCRAPES,
                commit,
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors())
            .lines()
            .toList());
    lines.forEach(System.out::println);
    var directory = Files.createTempDirectory("halfsecond-scrape");
    try (var scrape = new Scrape(directory)) {
      for (var build : builds) {
        lines.add(scrape.measure(build, hosts));
        System.out.println(lines.getLast());
        Files.write(report, lines);
      }
    } finally {
      Utils.delete(directory.toFile());
    }
  }
}
