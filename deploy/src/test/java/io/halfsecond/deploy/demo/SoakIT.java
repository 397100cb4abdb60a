package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A steady stream of logins while other work comes and goes on the same CPUs: a busy host is no
/// backdoor.
///
/// Takes an hour, so `make soak` runs it and `make test` does not. `-Dhalfsecond.soak=PT10M`
/// shortens it, `-Dhalfsecond.soak.seed=7` changes the load.
@Tag("soak")
class SoakIT {
  private static final Logger LOG = LoggerFactory.getLogger(SoakIT.class);

  private static final Duration LENGTH =
      Duration.parse(System.getProperty("halfsecond.soak", "PT1H"));
  private static final long SEED = Long.getLong("halfsecond.soak.seed", 20_240_329);
  private static final Duration LOGIN_GRACE = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOGINS = Duration.ofMillis(2_200);

  /// How long the slow library may take to be found.
  private static final Duration SLOWED = Duration.ofMinutes(5);

  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(5);

  /// Bursts and the breaks between them last from a few logins to dozens.
  private static final int SHORTEST_SPELL_SECONDS = 5;

  private static final int LONGEST_SPELL_SECONDS = 90;

  /// Time waited for a CPU, as a share of the time until sshd spoke, from which a login felt the
  /// load.
  private static final double FELT = 0.1;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeEach
  void needSshdAndKernel() {
    Machine.assumeReady();
  }

  @Test
  void should_page_nobody_when_load_comes_and_goes_but_still_find_a_slow_library()
      throws Exception {
    LOG.info("{} of logins under load, seed {}", LENGTH, SEED);
    try (var workspace = Workspace.create();
        var backend = Backend.start(workspace, TimeBounds.defaults(), new Stop());
        var sshd = PrivateSshd.prepare(workspace.make("sshd"), LOGIN_GRACE);
        var load = new Load()) {
      var slow =
          SlowLiblzma.build(workspace.make("lib"), sshd.executable(), Duration.ofMillis(500));
      sshd.start(Map.of());
      try (var _ =
          CollectorService.start(Demo.collector(backend, workspace, sshd), Backend.loopback())) {
        var logins = new Logins(sshd);

        var underLoad = logIn(logins, load, backend, LENGTH, false);

        double felt = shareThatFeltTheLoad(backend);
        LOG.info("{} % of the logins felt the load", Math.round(100 * felt));
        assertThat(felt).isGreaterThan(0.1);
        assertThat(underLoad).filteredOn(alert -> alert.getTier() == Tier.STEP).isEmpty();

        // What was quiet was not blind: the same detector, still under load, finds half a second.
        sshd.start(slow.environment());
        var slowed = logIn(logins, load, backend, SLOWED, true);
        assertThat(slowed).anyMatch(SoakIT::isSlowerForAPage);
      }
    }
  }

  /// That the slow library is found by a variable of the loader is told too, at once.
  private static boolean isSlowerForAPage(Alert alert) {
    return alert.getTier() == Tier.STEP && alert.getFinding() instanceof ShiftFinding;
  }

  /// Logs in at a steady pace while the load changes.
  ///
  /// @param untilAlert whether the first page ends it
  /// @return the alerts that were opened
  private List<Alert> logIn(
      Logins logins, Load load, Backend backend, Duration length, boolean untilAlert)
      throws IOException, InterruptedException {
    var opened = new ArrayList<Alert>();
    long begun = System.nanoTime();
    long nextSpell = begun;
    long nextReport = begun + BETWEEN_REPORTS.toNanos();
    int count = 0;
    while (System.nanoTime() - begun < length.toNanos()) {
      if (System.nanoTime() - nextSpell >= 0) {
        load.set(
            random.nextBoolean()
                ? 0
                : random.nextInt(1, 2 * Runtime.getRuntime().availableProcessors() + 1));
        nextSpell +=
            Duration.ofSeconds(random.nextInt(SHORTEST_SPELL_SECONDS, LONGEST_SPELL_SECONDS))
                .toNanos();
      }
      if (System.nanoTime() - nextReport >= 0) {
        nextReport += BETWEEN_REPORTS.toNanos();
        LOG.info("{} logins, {} alerts", count, opened.size());
      }
      long due = begun + count * BETWEEN_LOGINS.toNanos();
      if (System.nanoTime() - due >= 0) {
        logins.attempt(Logins.Kind.inRotation(count));
        count++;
      }
      backend.alerts().poll(Duration.ofMillis(100)).stream()
          .filter(alert -> alert.getState() == AlertState.OPENED)
          .forEach(
              alert -> {
                LOG.info("{} {}", alert.getTier(), alert.getSummary());
                opened.add(alert);
              });
      if (untilAlert && opened.stream().anyMatch(SoakIT::isSlowerForAPage)) {
        break;
      }
    }
    LOG.info(
        "{} logins in {} s, {} alerts",
        count,
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
        opened.size());
    // Fewer would mean that the machine did something else, not that it was steady.
    assertThat(count)
        .isGreaterThan(
            Math.toIntExact(
                Duration.ofNanos(System.nanoTime() - begun).dividedBy(BETWEEN_LOGINS) / 2));
    return opened;
  }

  private static double shareThatFeltTheLoad(Backend backend) {
    var topic = Backend.TOPICS.authTiming();
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", backend.bootstrapServers());
    settings.put("auto.offset.reset", "earliest");
    int all = 0;
    int felt = 0;
    try (var consumer =
        new KafkaConsumer<>(
            settings, topic.keySerde().deserializer(), topic.valueSerde().deserializer())) {
      var partition = new TopicPartition(topic.name(), 0);
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (var each : consumer.poll(Duration.ofMillis(200))) {
          all++;
          felt += felt(each.value()) ? 1 : 0;
        }
      }
    }
    return all == 0 ? 0 : felt / (double) all;
  }

  private static boolean felt(AuthTiming timing) {
    return timing
        .getStartupRunQueueNanos()
        .flatMap(waited -> timing.getStartupNanos().map(startup -> waited > FELT * startup))
        .orElse(false);
  }

  /// So many processes that do nothing but use a CPU.
  private static final class Load implements AutoCloseable {
    private final List<Process> spinners = new ArrayList<>();

    void set(int count) throws IOException {
      close();
      for (int i = 0; i < count; i++) {
        spinners.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
    }

    @Override
    public void close() {
      spinners.forEach(spinner -> Commands.end(spinner.toHandle()));
      spinners.clear();
    }
  }
}
