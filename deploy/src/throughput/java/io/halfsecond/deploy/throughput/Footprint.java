package io.halfsecond.deploy.throughput;

import io.halfsecond.collector.linux.ChildUsage;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.demo.Logins;
import io.halfsecond.deploy.demo.PrivateSshd;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.ops.ProcessFigures;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;

/// Measures what collectors cost the host: memory, threads, CPU at rest and by connection, and what
/// they do to sshd, beside other agents; and what reading old logs costs, beside fail2ban-regex.
/// All of them run at the same time and see the same events.
final class Footprint implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// A process a turn: its fork, its exec and its exit are three events, some 250 a second.
  private static final List<String> NOISE = List.of("sh", "-c", "while :; do sleep 0.01; done");

  private static final int AT_ONCE = 4;

  /// What is measured, started anew each time.
  ///
  /// @param http where it serves metrics; empty if it has none
  private record Subject(String name, List<String> command, String http) {}

  private final Path directory;
  private final Child broker;
  private final String bootstrapServers;
  private final PrivateSshd sshd;
  private final Logins logins;
  private final HttpClient client = HttpClient.newHttpClient();
  private int starts;

  Footprint(Path directory) throws Exception {
    this.directory = directory;
    broker =
        Child.talking(
            Throughput.java(
                "-Xmx512m", Broker.class.getName(), directory.resolve("broker").toString()));
    bootstrapServers = broker.line();
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      TopicPlan.of(admin, Topics.of(Topics.DEFAULT_PREFIX, 1), 1).apply(admin);
    }
    sshd =
        PrivateSshd.prepare(
            Files.createDirectory(directory.resolve("sshd")), Duration.ofSeconds(60));
    sshd.start(Map.of());
    logins = new Logins(sshd);
    Files.writeString(directory.resolve("auth.log"), "");
  }

  private Subject collector(String name, String home) {
    var http = "127.0.0.1:" + Daemon.freePort();
    return new Subject(
        name,
        List.of(
            Path.of(home, "bin", "halfsecond").toAbsolutePath().toString(),
            "collect",
            "--bootstrap-servers",
            bootstrapServers,
            "--set",
            "collector.state-directory=" + directory.resolve("state-" + ++starts),
            "--set",
            "collector.log-file=" + directory.resolve("auth.log"),
            "--set",
            "collector.sshd-command=" + sshd.config(),
            "--set",
            "collector.probe-target=127.0.0.1:" + sshd.port(),
            "--set",
            "collector.http=" + http),
        http);
  }

  /// Others that watch a host, where they are installed.
  private List<Subject> others() throws IOException {
    var others = new ArrayList<Subject>();
    if (installed("rsyslogd")
        && Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/rsyslog/omkafka.so"))) {
      var config = directory.resolve("rsyslog.conf");
      Files.writeString(
          config,
          """
          module(load="imfile")
          module(load="omkafka")
          input(type="imfile" file="%s" tag="sshd" ruleset="kafka")
          ruleset(name="kafka") { action(type="omkafka" topic="rsyslog" broker=["%s"]) }
          """
              .formatted(sshd.log(), bootstrapServers));
      others.add(
          new Subject(
              "rsyslog, omkafka",
              List.of("rsyslogd", "-n", "-f", config.toString(), "-i", directory + "/rsyslog.pid"),
              ""));
    }
    if (installed("prometheus-process-exporter")) {
      var http = "127.0.0.1:" + Daemon.freePort();
      others.add(
          new Subject(
              "prometheus-process-exporter",
              List.of(
                  "prometheus-process-exporter", "-procnames", "sshd", "-web.listen-address", http),
              http));
    }
    return others;
  }

  private static boolean installed(String program) {
    return List.of("/usr/sbin", "/usr/bin").stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private Child start(Subject subject) throws IOException {
    return Child.start(
        directory.resolve("run-" + ++starts + ".log"),
        Map.of("JAVA_HOME", System.getProperty("java.home")),
        subject.command());
  }

  private Optional<String> metrics(Subject subject) throws InterruptedException {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://" + subject.http() + "/metrics")).build();
      return Optional.of(client.send(request, BodyHandlers.ofString()).body());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Seconds from the start of a collector until Kafka has acknowledged a record, and its CPU
  /// seconds until then.
  private double[] first(Subject subject) throws Exception {
    long began = System.nanoTime();
    try (var child = start(subject)) {
      while (System.nanoTime() - began < PATIENCE.toNanos()) {
        var acknowledged =
            metrics(subject)
                .map(
                    text ->
                        ProcessFigures.sum(
                            text.lines(), "halfsecond_collector_records_acknowledged_total{"))
                .orElse(0.0);
        if (acknowledged > 0) {
          return new double[] {(System.nanoTime() - began) / 1e9, child.cpuSeconds()};
        }
        Thread.sleep(20);
      }
    }
    throw new IllegalStateException(subject.name() + " has sent no record; see " + directory);
  }

  private record Running(Subject subject, Child child) {}

  /// The row of each subject: memory, threads, CPU at rest, CPU by connection.
  private List<String> agents(List<Subject> subjects, Duration warmUp, Duration window, int tries)
      throws Exception {
    var running = new ArrayList<Running>();
    try (var noise = Child.start(directory.resolve("noise.log"), Map.of(), NOISE)) {
      for (var subject : subjects) {
        running.add(new Running(subject, start(subject)));
      }
      // Code that runs seldom is interpreted for long.
      long warm = System.nanoTime() + warmUp.toNanos();
      while (System.nanoTime() < warm) {
        var _ = logins.attempt(Logins.Kind.UNKNOWN_USER);
      }
      var before = cpu(running);
      scrape(running, window);
      var after = cpu(running);
      long began = System.nanoTime();
      for (int n = 0; n < tries; n++) {
        var _ = logins.attempt(Logins.Kind.UNKNOWN_USER);
      }
      // What waits for late lines is written by then.
      Thread.sleep(3_000);
      double seconds = (System.nanoTime() - began) / 1e9;
      var last = cpu(running);
      var rows = new ArrayList<String>();
      for (int n = 0; n < running.size(); n++) {
        var child = running.get(n).child();
        double atRest = (after[n] - before[n]) / (window.toMillis() / 1e3);
        double byConnection = (last[n] - after[n] - atRest * seconds) / tries;
        rows.add(
            String.format(
                Locale.ROOT,
                "| %s | %.1f | %d | %.2f | %.2f |",
                running.get(n).subject().name(),
                child.residentBytes() / 1e6,
                threads(child),
                atRest * 100,
                byConnection * 1e3));
      }
      if (!noise.alive()) {
        throw new IllegalStateException("the other processes have ended");
      }
      return rows;
    } finally {
      running.forEach(each -> each.child().close());
    }
  }

  /// Asks for metrics as Prometheus does.
  private void scrape(List<Running> running, Duration window) throws InterruptedException {
    long end = System.nanoTime() + window.toNanos();
    while (System.nanoTime() < end) {
      for (var each : running) {
        if (!each.subject().http().isEmpty()) {
          var _ = metrics(each.subject());
        }
      }
      TimeUnit.NANOSECONDS.sleep(
          Math.clamp(end - System.nanoTime(), 0, Duration.ofSeconds(15).toNanos()));
    }
  }

  private static double[] cpu(List<Running> running) throws IOException {
    var seconds = new double[running.size()];
    for (int n = 0; n < seconds.length; n++) {
      seconds[n] = running.get(n).child().cpuSeconds();
    }
    return seconds;
  }

  private static int threads(Child child) throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/status".formatted(child.pid()))).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .sum();
  }

  /// What sshd does with a collector and without, in turns.
  private List<String> logins(Subject subject, int rounds, int tries) throws Exception {
    var rates = List.of(new ArrayList<Double>(), new ArrayList<Double>());
    var latencies = List.of(new ArrayList<Double>(), new ArrayList<Double>());
    for (int round = 0; round < 2 * rounds; round++) {
      // With, without, without, with: what changes with time is shared.
      int with = round % 4 == 0 || round % 4 == 3 ? 1 : 0;
      try (var child =
          with == 1
              ? start(subject)
              : Child.start(directory.resolve("none.log"), Map.of(), List.of("sleep", "600"))) {
        Thread.sleep(15_000);
        for (int n = 0; n < tries; n++) {
          long began = System.nanoTime();
          var _ = logins.attempt(Logins.Kind.UNKNOWN_USER);
          latencies.get(with).add((System.nanoTime() - began) / 1e6);
        }
        rates.get(with).add(together(tries));
        if (!child.alive()) {
          throw new IllegalStateException(subject.name() + " has ended; see " + directory);
        }
      }
    }
    return List.of(
        "| connections/s, %d at once | %.1f | %.1f | %.3f |"
            .formatted(
                AT_ONCE,
                median(rates.get(0)),
                median(rates.get(1)),
                median(rates.get(1)) / median(rates.get(0))),
        "| ms a connection, median | %.1f | %.1f | %.3f |"
            .formatted(
                median(latencies.get(0)),
                median(latencies.get(1)),
                median(latencies.get(0)) / median(latencies.get(1))));
  }

  /// Connections a second.
  private double together(int tries) throws Exception {
    long began = System.nanoTime();
    try (var executor = Executors.newFixedThreadPool(AT_ONCE)) {
      Callable<Boolean> login = () -> logins.attempt(Logins.Kind.UNKNOWN_USER);
      for (var done : executor.invokeAll(Collections.nCopies(tries, login))) {
        var _ = done.get();
      }
    }
    return tries / ((System.nanoTime() - began) / 1e9);
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  /// Lines a second of CPU of each reader of old logs.
  private List<String> readers(Map<String, String> builds, int lines) throws Exception {
    var log = directory.resolve("old.log");
    OldLog.write(log, lines, new Random(7));
    var rows = new ArrayList<String>();
    double theirs =
        installed("fail2ban-regex")
            ? lines / cpuSeconds(List.of("fail2ban-regex", log.toString(), "sshd"))
            : Double.NaN;
    rows.add(String.format(Locale.ROOT, "| fail2ban-regex | %,.0f | 1 |", theirs));
    for (var build : builds.entrySet()) {
      double ours =
          lines
              / cpuSeconds(
                  List.of(
                      Path.of(build.getValue(), "bin", "halfsecond").toString(),
                      "replay",
                      log.toString()));
      rows.add(
          String.format(
              Locale.ROOT, "| replay, %s | %,.0f | %.1f |", build.getKey(), ours, ours / theirs));
    }
    return rows;
  }

  private double cpuSeconds(List<String> command) throws Exception {
    var before = ChildUsage.now();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var process = builder.redirectOutput(directory.resolve("read.log").toFile()).start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " failed; see " + directory);
    }
    return ChildUsage.now().since(before).cpuNanos() / 1e9;
  }

  @Override
  public void close() throws IOException {
    sshd.close();
    broker.close();
  }

  /// `--collector NAME=DIRECTORY` for each distribution to collect with, `--replay NAME=DIRECTORY`
  /// for each to replay with, `--warm-up MINUTES`, `--window MINUTES`, `--lines N`, `--report
  /// FILE`, `--commit NAME`.
  static void main(String[] arguments) throws Exception {
    var collectors = new LinkedHashMap<String, String>();
    var readers = new LinkedHashMap<String, String>();
    var warmUp = Duration.ofMinutes(5);
    var window = Duration.ofMinutes(5);
    int lines = 1_000_000;
    Optional<Path> report = Optional.empty();
    var commit = "unknown";
    for (int n = 0; n < arguments.length; n++) {
      var value = arguments[n + 1];
      switch (arguments[n++]) {
        case "--collector" -> collectors.put(value.split("=", 2)[0], value.split("=", 2)[1]);
        case "--replay" -> readers.put(value.split("=", 2)[0], value.split("=", 2)[1]);
        case "--warm-up" -> warmUp = Duration.ofMinutes(Integer.parseInt(value));
        case "--window" -> window = Duration.ofMinutes(Integer.parseInt(value));
        case "--lines" -> lines = Integer.parseInt(value);
        case "--report" -> report = Optional.of(Path.of(value));
        case "--commit" -> commit = value;
        default -> throw new IllegalArgumentException("unknown argument: " + arguments[n - 1]);
      }
    }
    if (collectors.isEmpty()) {
      collectors.put("this", "target/halfsecond-collector");
    }
    if (readers.isEmpty()) {
      readers.put("this", "target/halfsecond");
    }
    var directory = Files.createTempDirectory("halfsecond-footprint");
    var text = new ArrayList<String>();
    text.addAll(
        """
        Commit %s, Java %s, %d processors, Linux %s.

        | collector | first record acknowledged after s | CPU s until then |
        |---|---|---|
        """
            .formatted(
                commit,
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"))
            .lines()
            .toList());
    try (var footprint = new Footprint(directory)) {
      for (var each : collectors.entrySet()) {
        // The second time, as after a restart: its files are in memory.
        var _ = footprint.first(footprint.collector(each.getKey(), each.getValue()));
        var took = footprint.first(footprint.collector(each.getKey(), each.getValue()));
        text.add(
            String.format(Locale.ROOT, "| %s | %.1f | %.2f |", each.getKey(), took[0], took[1]));
      }
      say(text, report);

      var subjects = new ArrayList<Subject>();
      collectors.forEach((name, home) -> subjects.add(footprint.collector(name, home)));
      subjects.addAll(footprint.others());
      text.addAll(
          List.of(
              "",
              "Side by side for %d minutes, measured in the last %d:"
                  .formatted(warmUp.plus(window).toMinutes(), window.toMinutes()),
              "",
              "| agent | RSS MB | threads | CPU at rest, % of a core | CPU ms a connection |",
              "|---|---|---|---|---|"));
      text.addAll(footprint.agents(subjects, warmUp, window, 200));
      say(text, report);

      text.addAll(List.of("", "| sshd | without | with | with of without |", "|---|---|---|---|"));
      var first = collectors.entrySet().iterator().next();
      text.addAll(footprint.logins(footprint.collector(first.getKey(), first.getValue()), 6, 30));
      say(text, report);

      text.addAll(
          List.of(
              "",
              "| reader of %,d log lines | lines a second of CPU | of fail2ban-regex |"
                  .formatted(lines),
              "|---|---|---|"));
      text.addAll(footprint.readers(readers, lines));
      say(text, report);
    }
    Utils.delete(directory.toFile());
  }

  private static void say(List<String> text, Optional<Path> report) throws IOException {
    if (report.isPresent()) {
      Report.replaceFigures(report.get(), text);
    }
    text.forEach(System.out::println);
    System.out.println();
  }
}
