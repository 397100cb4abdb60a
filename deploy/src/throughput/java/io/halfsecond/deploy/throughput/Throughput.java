package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.utils.Utils;

/// Measures builds of the topology and a topology that only passes records on, one after the other
/// on one broker: the same records, preloaded.
final class Throughput implements AutoCloseable {
  private static final int PARTITIONS = 4;

  /// What is unpacked in a state directory and is no state.
  private static final String MACHINE_CODE = "native";

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /// What is measured of the records between these parts of all: start and end of a run are
  /// different.
  private static final double FROM = 0.15;

  /// A build, or none: then records are passed on.
  ///
  /// @param home of its distribution; empty for the pass-through
  record Build(String name, String home) {}

  /// How it runs.
  record Setting(Fleet fleet, int threads, int commitMillis) {}

  /// What came out.
  record Result(
      double recordsPerSecond,
      double clientMicros,
      double brokerMicros,
      double changelogBytes,
      double repartitionBytes,
      double stateBytes,
      long residentBytes,
      long heapBytes,
      double restoreSeconds) {}

  private final Path directory;
  private final Child broker;
  private final String bootstrapServers;
  private final Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES);
  private int runs;

  Throughput(Path directory) throws IOException {
    this.directory = directory;
    broker =
        Child.talking(
            java("-Xmx512m", Broker.class.getName(), directory.resolve("broker").toString()));
    bootstrapServers = broker.line();
  }

  static List<String> java(String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Runs one build over one preloaded fleet.
  ///
  /// @param restore whether it is killed at the end and started again with its state lost
  Result run(Build build, Setting setting, boolean restore) throws Exception {
    var prefix = "r%d.".formatted(++runs);
    var application = prefix.replace('.', '-') + "app";
    var state = directory.resolve("state-" + runs);
    var log = directory.resolve("run-" + runs + "-" + build.name() + ".log");
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      var topics = Topics.of(prefix, PARTITIONS);
      TopicPlan.of(admin, topics, 1).apply(admin);
      if (build.home().isEmpty()) {
        admin
            .createTopics(List.of(new NewTopic(prefix + PassThrough.OUTPUT, PARTITIONS, (short) 1)))
            .all()
            .get();
      }
      long records = setting.fleet().send(bootstrapServers, topics, end);
      try {
        return measured(admin, build, setting, records, prefix, application, state, log, restore);
      } finally {
        Utils.delete(state.toFile());
        admin
            .deleteTopics(
                admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix) || name.startsWith(application))
                    .toList())
            .all()
            .get();
      }
    }
  }

  private Result measured(
      Admin admin,
      Build build,
      Setting setting,
      long all,
      String prefix,
      String application,
      Path state,
      Path log,
      boolean restore)
      throws Exception {
    var http = "127.0.0.1:" + Daemon.freePort();
    var command = command(build, setting, prefix, application, state, http);
    double rate;
    double client;
    double onBroker;
    long resident;
    long heap;
    var child = Child.start(log, environment(build), command);
    try {
      awaitJudged(admin, child, application, prefix, Math.round(all * FROM), log);
      long first = judged(admin, application, prefix);
      long began = System.nanoTime();
      double cpu = child.cpuSeconds();
      double brokersCpu = broker.cpuSeconds();
      awaitJudged(admin, child, application, prefix, all, log);
      double seconds = (System.nanoTime() - began) / 1e9;
      long records = all - first;
      rate = records / seconds;
      client = (child.cpuSeconds() - cpu) / records * 1e6;
      onBroker = (broker.cpuSeconds() - brokersCpu) / records * 1e6;
      // What is under way for cohorts is not in the count of the input.
      Thread.sleep(3_000);
      resident = child.residentBytes();
      heap = child.heapBytes();
    } finally {
      child.close();
    }
    double changelog =
        bytes(admin, topic -> topic.startsWith(application) && topic.endsWith("-changelog"));
    double repartition =
        bytes(admin, topic -> topic.startsWith(application) && topic.endsWith("-repartition"));
    double kept = size(state);
    double restored = 0;
    if (restore && !build.home().isEmpty()) {
      Utils.delete(state.toFile());
      restored = restored(build, command, http, log);
    }
    return new Result(
        rate,
        client,
        onBroker,
        changelog / all,
        repartition / all,
        kept / setting.fleet().hosts(),
        resident,
        heap,
        restored * 1_000 / setting.fleet().hosts());
  }

  /// Seconds from the start of the process until it is ready, its state restored.
  private static double restored(Build build, List<String> command, String http, Path log)
      throws Exception {
    long began = System.nanoTime();
    try (var child = Child.start(log, environment(build), command);
        var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://" + http + "/-/ready")).build();
      while (child.alive() && System.nanoTime() - began < PATIENCE.toNanos()) {
        try {
          var answer = client.send(request, BodyHandlers.discarding());
          if (answer.statusCode() == 200) {
            return (System.nanoTime() - began) / 1e9;
          }
        } catch (IOException _) {
          // Not yet.
        }
        Thread.sleep(100);
      }
      throw new IllegalStateException("not ready again: " + log);
    }
  }

  private List<String> command(
      Build build, Setting setting, String prefix, String application, Path state, String http) {
    if (build.home().isEmpty()) {
      return java(
          "-Xmx1g",
          PassThrough.class.getName(),
          bootstrapServers,
          prefix,
          Integer.toString(PARTITIONS),
          application,
          state.toString(),
          Integer.toString(setting.threads()),
          Integer.toString(setting.commitMillis()));
    }
    return List.of(
        Path.of(build.home(), "bin", "halfsecond").toString(),
        "stream",
        "--bootstrap-servers",
        bootstrapServers,
        "--set",
        "topics.prefix=" + prefix,
        "--set",
        "topics.partitions=" + PARTITIONS,
        "--set",
        "topics.replication-factor=1",
        "--set",
        "stream.application-id=" + application,
        "--set",
        "stream.state-directory=" + state,
        "--set",
        "stream.threads=" + setting.threads(),
        "--set",
        "stream.commit-interval=" + setting.commitMillis() + "ms",
        "--set",
        "stream.max-hosts=1000000",
        "--set",
        "stream.http=" + http);
  }

  private static Map<String, String> environment(Build build) {
    return build.home().isEmpty()
        ? Map.of()
        : Map.of("HALFSECOND_JAVA_HOME", System.getProperty("java.home"));
  }

  static void awaitJudged(
      Admin admin, Child child, String application, String prefix, long records, Path log)
      throws Exception {
    var until = Instant.now().plus(PATIENCE);
    while (judged(admin, application, prefix) < records) {
      if (!child.alive() || Instant.now().isAfter(until)) {
        throw new IllegalStateException("it has ended or takes too long: " + log);
      }
      Thread.sleep(50);
    }
  }

  /// How many records of its input the application has committed.
  static long judged(Admin admin, String application, String prefix) throws Exception {
    try {
      return admin
          .listConsumerGroupOffsets(application)
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .filter(each -> each.getKey().topic().startsWith(prefix) && each.getValue() != null)
          .mapToLong(each -> each.getValue().offset())
          .sum();
    } catch (ExecutionException _) {
      // There is no group yet.
      return 0;
    }
  }

  private static double bytes(Admin admin, Predicate<String> topics) throws Exception {
    double sum = 0;
    for (var broker : admin.describeLogDirs(List.of(1)).allDescriptions().get().values()) {
      for (var directory : broker.values()) {
        for (var replica : directory.replicaInfos().entrySet()) {
          if (topics.test(replica.getKey().topic())) {
            sum += replica.getValue().size();
          }
        }
      }
    }
    return sum;
  }

  /// Of the stores.
  private static long size(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return 0;
    }
    try (var files = Files.walk(directory)) {
      return files
          .filter(file -> !file.startsWith(directory.resolve(MACHINE_CODE)))
          .map(Path::toFile)
          .filter(File::isFile)
          .mapToLong(File::length)
          .sum();
    }
  }

  @Override
  public void close() {
    broker.close();
  }

  /// What is to be measured.
  ///
  /// @param commit what the report says of where the build is from
  private record Plan(
      List<Build> builds,
      List<Fleet> fleets,
      List<Integer> threads,
      int commitMillis,
      boolean restore,
      Optional<Path> report,
      String commit) {
    private List<Setting> settings() {
      return fleets.stream()
          .flatMap(fleet -> threads.stream().map(n -> new Setting(fleet, n, commitMillis)))
          .toList();
    }
  }

  private static Plan plan(String[] arguments) {
    var builds = new ArrayList<Build>();
    var fleets = new ArrayList<Fleet>();
    var threads = List.of(1);
    int commitMillis = 1_000;
    boolean restore = false;
    boolean passThrough = true;
    Optional<Path> report = Optional.empty();
    var commit = "unknown";
    for (int n = 0; n < arguments.length; n++) {
      switch (arguments[n]) {
        case "--build" -> builds.add(build(arguments[++n]));
        case "--fleet" -> fleets.add(fleet(arguments[++n]));
        case "--threads" ->
            threads = Arrays.stream(arguments[++n].split(",", -1)).map(Integer::valueOf).toList();
        case "--commit-interval" -> commitMillis = Integer.parseInt(arguments[++n]);
        case "--restore" -> restore = true;
        case "--no-pass-through" -> passThrough = false;
        case "--report" -> report = Optional.of(Path.of(arguments[++n]));
        case "--commit" -> commit = arguments[++n];
        default -> throw new IllegalArgumentException("unknown argument: " + arguments[n]);
      }
    }
    if (builds.isEmpty()) {
      builds.add(new Build("this", "target/halfsecond"));
    }
    if (fleets.isEmpty()) {
      fleets.addAll(
          List.of(
              new Fleet(100, 100, 100_000, 0),
              new Fleet(1_000, 100, 150_000, 0),
              new Fleet(1_000, 100, 150_000, 5),
              new Fleet(10_000, 0, 150_000, 0)));
    }
    if (passThrough) {
      builds.addFirst(new Build("pass-through", ""));
    }
    return new Plan(builds, fleets, threads, commitMillis, restore, report, commit);
  }

  private static Build build(String named) {
    var parts = named.split("=", 2);
    return new Build(parts[0], parts[1]);
  }

  private static Fleet fleet(String sizes) {
    var numbers = Arrays.stream(sizes.split("/", -1)).mapToInt(Integer::parseInt).toArray();
    return new Fleet(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  private static String row(Setting setting, Build build, Result result, double passedThrough) {
    var fleet = setting.fleet();
    return String.format(
        Locale.ROOT,
        "| %,d | %s | %d | %s | %,.0f | %.3f | %.0f + %.0f | %.0f | %.0f | %,.0f | %.0f | %.0f |"
            + " %.1f |",
        fleet.hosts(),
        fleet.cohortSize() == 0
            ? "none"
            : "%d hosts%s".formatted(fleet.cohortSize(), fleet.slow() == 0 ? "" : ", incident"),
        setting.threads(),
        build.name(),
        result.recordsPerSecond(),
        result.recordsPerSecond() / passedThrough,
        result.clientMicros(),
        result.brokerMicros(),
        result.changelogBytes(),
        result.repartitionBytes(),
        result.stateBytes(),
        result.residentBytes() / 1e6,
        result.heapBytes() / 1e6,
        result.restoreSeconds());
  }

  /// `--build NAME=DIRECTORY` for each build of the distribution, of this checkout or another;
  /// `--fleet HOSTS/COHORT_SIZE/CONNECTIONS/SLOW` for each fleet; `--threads N,M`,
  /// `--commit-interval MILLIS`, `--no-pass-through`, `--restore`, `--report FILE`, `--commit
  /// NAME`.
  static void main(String[] arguments) throws Exception {
    var plan = plan(arguments);
    var lines = new ArrayList<String>();
    lines.addAll(
        """
        # The topology, measured

        Records of connections (authentication and session, two for each) are
        preloaded, then judged with exactly-once, beside a topology of the same serdes that only passes them on, on the same
        broker. Hosts are young: their bets are made anew for every sample. CPU is that of the whole
        process, just-in-time compilation included.

        Commit %s, Java %s, %d processors, a commit each %d ms.

        | hosts | cohorts | threads | build | records/s | of pass-through | CPU µs a record, client + broker | changelog bytes a record | repartition bytes a record | state bytes a host | RSS MB | heap MB | restoration s per 1,000 hosts |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|
        """
            .formatted(
                plan.commit(),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                plan.commitMillis())
            .lines()
            .toList());
    lines.forEach(System.out::println);
    var directory = Files.createTempDirectory("halfsecond-throughput");
    try (var throughput = new Throughput(directory)) {
      for (var setting : plan.settings()) {
        double passedThrough = Double.NaN;
        for (var build : plan.builds()) {
          var result = throughput.run(build, setting, plan.restore());
          passedThrough = build.home().isEmpty() ? result.recordsPerSecond() : passedThrough;
          lines.add(row(setting, build, result, passedThrough));
          System.out.println(lines.getLast());
          if (plan.report().isPresent()) {
            Files.write(plan.report().get(), lines);
          }
        }
      }
    } finally {
      Utils.delete(directory.toFile());
    }
  }
}
