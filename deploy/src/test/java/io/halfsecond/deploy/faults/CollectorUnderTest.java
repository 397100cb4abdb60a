package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// A collector on a machine of its own that reads a log.
final class CollectorUnderTest implements AutoCloseable {
  private static final String HOST = "host-under-test";

  private final Brokers brokers;
  private final Topics topics;
  private final Network.Machine machine;
  private final Logins logins;
  private final Program program;

  /// @param settings further ones, KEY=VALUE
  CollectorUnderTest(FaultBench bench, Path state, String... settings) {
    this(bench, List.of(), state, settings);
  }

  /// @param wrapper command before its own
  CollectorUnderTest(FaultBench bench, List<String> wrapper, Path state, String... settings) {
    int number = bench.next();
    var prefix = "f%d.".formatted(number);
    brokers = bench.brokers();
    topics = bench.topics(prefix);
    machine = bench.network().machine();
    var log = bench.directory().resolve("auth-%d.log".formatted(number));
    logins = new Logins(log, HOST);
    var http = machine.address() + ":9155";
    var arguments =
        new ArrayList<>(
            List.of("collect", "--set", "kafka.bootstrap.servers=" + brokers.bootstrapServers()));
    for (var setting :
        new String[] {
          "host=" + HOST,
          "topics.prefix=" + prefix,
          "collector.kernel=false",
          "collector.log=file",
          "collector.log-file=" + log,
          "collector.probe=false",
          "collector.self-test=false",
          "collector.inventory=false",
          "collector.heartbeat=1s",
          "collector.state-directory=" + state,
          "collector.http=" + http
        }) {
      arguments.addAll(List.of("--set", setting));
    }
    for (var setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    var inNamespace = new ArrayList<>(List.of("ip", "netns", "exec", machine.namespace()));
    inNamespace.addAll(wrapper);
    program =
        Program.halfsecond(
            inNamespace,
            bench.directory().resolve("collect-%d.log".formatted(number)),
            http,
            arguments);
  }

  /// Starts it, and waits until a login gets through.
  void start() {
    program.start();
    // It reads what is written from its first start on.
    program.await("the collector is ready", program::ready);
    logins.happen(1);
    awaitDelivered(() -> 1L);
  }

  Program program() {
    return program;
  }

  Logins logins() {
    return logins;
  }

  Network.Machine machine() {
    return machine;
  }

  private List<AuthTiming> timings() {
    return TopicContents.of(brokers.bootstrapServers(), topics.authTiming());
  }

  private static long different(List<AuthTiming> timings) {
    return timings.stream().map(AuthTiming::getId).distinct().count();
  }

  /// What the collector's runs say they have lost.
  long lost() {
    var byRun = new TreeMap<String, RunProgress>();
    for (var beat : TopicContents.of(brokers.bootstrapServers(), topics.collectorStatus())) {
      beat.getRuns().forEach(run -> byRun.put(run.getCollector(), run));
    }
    return byRun.values().stream()
        .mapToLong(
            run ->
                run.getUnaccounted()
                    + run.getDropped().values().stream().mapToLong(Long::longValue).sum())
        .sum();
  }

  /// Kafka is out of reach, and the tests are not.
  void cut() {
    brokers.all().forEach(broker -> machine.cutFrom(broker.machine()));
  }

  void mend() {
    brokers.all().forEach(broker -> machine.mendFrom(broker.machine()));
  }

  /// How many records are on its disk: the producer has some of them, and the others wait.
  double waiting() {
    var ofTopic = "{host=\"%s\",topic=\"%s\"}".formatted(HOST, topics.authTiming().name());
    return program.metric("halfsecond_collector_records_spooled" + ofTopic)
        + program.metric("halfsecond_collector_records_in_flight" + ofTopic);
  }

  void awaitDelivered(LongSupplier count) {
    program.await("delivered", () -> different(timings()) >= count.getAsLong());
  }

  /// Adds the row: each login was delivered, or told as lost.
  void account(FaultTable table, String name, Instant mended) {
    awaitDelivered(() -> logins.count() - lost());
    var recovered = Duration.between(mended, Instant.now());
    var timings = timings();
    long different = different(timings);
    long lost = lost();
    table.add(
        name,
        new FaultTable.Row(
            logins.count(),
            different,
            lost,
            0,
            0,
            Math.max(0, different - logins.count()),
            timings.size() - different,
            recovered));
    assertThat(different).as("no login under two ids").isLessThanOrEqualTo(logins.count());
    assertThat(different + lost).isGreaterThanOrEqualTo(logins.count());
  }

  @Override
  public void close() {
    program.close();
  }
}
