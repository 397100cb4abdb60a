package io.halfsecond.deploy.demo;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.deploy.demo.SshdInNamespace.Version;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.SessionCpu;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// What clients do to a real sshd against what a real collector, which sees the kernel and the log,
/// sends of it: nothing missing, nothing doubled, nothing misnamed.
///
/// The property `halfsecond.sshd` is the prefix of the sshd to test, the machine's own if it is not
/// set. With `halfsecond.sshd.results`, a directory, what each scenario gave is left in a file that
/// `deploy/sshds.sh` makes a table of.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshdMatrixIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RIGHT = "right";

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private SshdInNamespace sshd;

  @SuppressWarnings("NullAway.Init")
  private Version version;

  @SuppressWarnings("NullAway.Init")
  private CollectorService collector;

  @SuppressWarnings("NullAway.Init")
  private Pseudonyms pseudonyms;

  private final Map<SshdScenario, List<Clients.Peer>> peers = new LinkedHashMap<>();
  private final Map<SshdScenario, Exception> broken = new LinkedHashMap<>();
  private final List<String> results = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private List<AuthTiming> timings;

  @SuppressWarnings("NullAway.Init")
  private Map<String, SessionCpu> cpus;

  @BeforeAll
  void start() throws Exception {
    bench = Bench.prepare();
    var program = SshdInNamespace.program("sbin/sshd");
    version = SshdInNamespace.version(SshdInNamespace.program("bin/ssh"));
    sshd = bench.later(SshdInNamespace.start(bench.workspace().make("sshd"), program, "VERBOSE"));
    collector = bench.collect(sshd);
    pseudonyms = Pseudonyms.open(PseudonymSettings.defaults(), bench.stateDirectory());
    runAll();
  }

  /// Runs all scenarios and reads all that was sent of them.
  private void runAll() throws Exception {
    for (var scenario : SshdScenario.ALL) {
      try (var clients = new Clients(sshd)) {
        try {
          scenario.run(clients);
        } catch (IOException | IllegalStateException e) {
          broken.put(scenario, e);
        }
        sshd.awaitIdle();
        peers.put(scenario, clients.peers());
      }
    }
    long connections = peers.values().stream().mapToInt(List::size).sum();
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> collector.collector().connections().closed() >= connections);
      await().atMost(PATIENCE).until(this::quiet);
    } catch (ConditionTimeoutException _) {
      // What is missing is missed below.
    }
    timings = new ArrayList<>(bench.read(Backend.TOPICS.authTiming()));
    // A record that is there twice fails here.
    cpus =
        bench.read(Backend.TOPICS.sessionCpu()).stream()
            .collect(Collectors.toMap(SessionCpu::getId, Function.identity()));
  }

  private boolean quiet() {
    return collector.collector().connections().open() == 0
        && sum("events.in.flight") == 0
        && sum("records.in.flight") == 0;
  }

  @AfterAll
  void stop() throws Exception {
    var directory = System.getProperty("halfsecond.sshd.results");
    if (directory != null) {
      Files.createDirectories(Path.of(directory));
      Files.write(Path.of(directory, version.name() + ".tsv"), results);
    }
    bench.close();
  }

  @TestFactory
  Stream<DynamicTest> should_tell_every_connection_once_as_it_was() {
    return Stream.concat(
        SshdScenario.ALL.stream()
            .map(
                scenario ->
                    dynamicTest(
                        "%s: %s".formatted(version.name(), scenario.title()),
                        () -> check(scenario))),
        Stream.of(dynamicTest("nothing else is told, and nothing twice", this::checkAccounts)));
  }

  private void check(SshdScenario scenario) {
    var wrong = new ArrayList<String>();
    var facts = scenario.facts(version);
    var from = requireNonNull(peers.get(scenario));
    if (broken.containsKey(scenario)) {
      wrong.add("client: " + broken.get(scenario).getMessage());
    }
    assertThat(from).hasSameSizeAs(facts);
    for (int i = 0; i < facts.size(); i++) {
      var address = from.get(i).address();
      var timing = take(facts.get(i).named() ? pseudonyms.of(address) : Optional.empty());
      var cpu = timing.map(each -> cpus.get(each.getId()));
      wrong.addAll(
          timing.isPresent() && cpu.isPresent()
              ? facts.get(i).wrongIn(timing.get(), cpu.get(), address, this::pseudonym)
              : List.of("no record"));
    }
    results.add(
        "%s\t%s"
            .formatted(
                scenario.title(),
                wrong.isEmpty() ? RIGHT : wrong.stream().distinct().collect(joining("; "))));
    assertThat(wrong).isEmpty();
  }

  /// Takes the record of a connection from this address.
  private Optional<AuthTiming> take(Optional<String> source) {
    var found =
        timings.stream().filter(each -> each.getSourcePseudonym().equals(source)).findFirst();
    found.ifPresent(timings::remove);
    return found;
  }

  private String pseudonym(String name) {
    return pseudonyms.of(name).orElseThrow();
  }

  private void checkAccounts() {
    assertThat(bench.read(Backend.TOPICS.evidence()))
        .as("evidence of tampering where there is none")
        .allSatisfy(evidence -> assertThat(evidence.getFacts()).isEmpty());
    assertThat(timings).isEmpty();
    assertThat(cpus).hasSize((int) sum("connections.opened"));
    assertThat(sum("records.emitted")).isEqualTo(sum("records.acknowledged"));
    assertThat(sum("events.lost")).isZero();
    // The host goes on while the meters are read one after the other; between two events they
    // agree.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(sum("events.read"))
                    .isPositive()
                    .isEqualTo(
                        sum("events.assembled") + sum("events.dropped") + sum("events.in.flight")));
  }

  private double sum(String name) {
    var search = collector.registry().find("halfsecond.collector." + name);
    return search.functionCounters().stream().mapToDouble(counter -> counter.count()).sum()
        + search.gauges().stream().mapToDouble(Gauge::value).sum();
  }
}
