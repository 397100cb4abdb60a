package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.deploy.ops.Tool;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Faults of a collector, of its host and of its way to Kafka, one after the other. What was logged
/// is delivered once, or told as lost. `make faults` runs all, and writes `deploy/FAULTS.md`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CollectorFaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int BURST = 40;

  private final FaultTable table = FaultTable.ofThisRun();
  private FaultBench bench;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    bench = new FaultBench(temporary);
  }

  @AfterAll
  void stop() throws Exception {
    bench.close();
  }

  private static void awaitWaiting(CollectorUnderTest collector, int records) {
    Awaitility.await("records wait").atMost(PATIENCE).until(() -> collector.waiting() >= records);
  }

  @Test
  @Tag("faults")
  void should_deliver_each_login_when_the_network_was_cut() throws Exception {
    try (var collector =
        new CollectorUnderTest(bench, bench.directory().resolve("collector-cut"))) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 5; n++) {
        collector.logins().happen(BURST);
        Thread.sleep(2_000);
      }
      collector.mend();

      collector.account(table, "collector cut off for 10 s", Instant.now());
      assertThat(collector.lost()).isZero();
    }
  }

  @Test
  void should_deliver_each_login_when_the_collector_was_killed_while_kafka_was_away()
      throws Exception {
    try (var collector =
        new CollectorUnderTest(bench, bench.directory().resolve("collector-killed"))) {
      collector.start();

      collector.cut();
      collector.logins().happen(BURST);
      awaitWaiting(collector, BURST);
      collector.program().kill();
      collector.logins().happen(BURST);
      collector.mend();
      var mended = Instant.now();
      collector.program().start();

      collector.account(table, "collector killed (kill -9) while cut off", mended);
    }
  }

  @Test
  @Tag("faults")
  void should_deliver_each_login_when_the_collector_is_killed_again_and_again() throws Exception {
    try (var collector =
        new CollectorUnderTest(bench, bench.directory().resolve("collector-again"))) {
      collector.start();
      for (int n = 0; n < 4; n++) {
        collector.logins().happen(BURST);
        Thread.sleep(1_500L + 700L * n);
        collector.program().kill();
        collector.logins().happen(BURST);
        collector.program().start();
      }
      collector.account(table, "collector killed (kill -9) four times", Instant.now());
    }
  }

  @Test
  @Tag("faults")
  void should_count_what_the_spool_cannot_hold() throws Exception {
    try (var collector =
        new CollectorUnderTest(
            bench, bench.directory().resolve("collector-small"), "collector.spool-size=1MiB")) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 40; n++) {
        collector.logins().happen(200);
        Thread.sleep(250);
      }
      Thread.sleep(3_000);
      collector.mend();

      collector.account(table, "spool of 1 MiB full while cut off", Instant.now());
      assertThat(collector.lost()).isPositive();
    }
  }

  @Test
  @Tag("faults")
  void should_go_on_in_memory_when_the_disk_of_the_spool_is_full() throws Exception {
    var mount = bench.directory().resolve("small-disk");
    try (var _ = FaultBench.mount(mount, "256k");
        var collector = new CollectorUnderTest(bench, mount.resolve("state"))) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 20; n++) {
        collector.logins().happen(100);
        Thread.sleep(300);
      }
      assertThat(collector.program().alive()).isTrue();
      collector.mend();

      collector.account(table, "disk of the spool full while cut off", Instant.now());
    }
  }

  @Test
  @Tag("faults")
  void should_deliver_each_login_when_the_disk_of_the_spool_is_read_only() throws Exception {
    var mount = bench.directory().resolve("read-only-disk");
    try (var _ = FaultBench.mount(mount, "16m");
        var collector = new CollectorUnderTest(bench, mount.resolve("state"))) {
      collector.start();

      collector.cut();
      collector.logins().happen(BURST);
      awaitWaiting(collector, BURST);
      collector.program().kill();
      // With no file open for writing.
      FaultBench.run("mount", "-o", "remount,ro", mount.toString());
      collector.program().start();
      collector.logins().happen(BURST);
      collector.mend();

      collector.account(table, "disk of the spool read-only", Instant.now());
      assertThat(collector.lost()).isZero();
    }
  }

  /// The certificate is renewed by replacing the file. Nobody starts the collector again.
  @Test
  @Tag("faults")
  void should_deliver_each_login_when_its_certificate_had_expired() throws Exception {
    var addresses = List.of("127.0.0.1");
    bench.certificates().make("web-17", addresses, Duration.ofSeconds(45));
    try (var collector =
        new CollectorUnderTest(
            bench,
            bench.directory().resolve("collector-expired"),
            bench.brokers().overTls("web-17", password()))) {
      collector.start();

      Thread.sleep(Duration.ofSeconds(45));
      // A connection outlives its certificate: brokers look at it when it begins.
      bench.brokers().restart();
      collector.logins().happen(BURST);
      awaitWaiting(collector, BURST);
      bench.certificates().make("web-17", addresses);

      collector.account(
          table, "certificate of the collector expired, then replaced", Instant.now());
      assertThat(collector.lost()).isZero();
    }
  }

  @Test
  @Tag("faults")
  void should_deliver_each_login_when_the_certificate_of_the_brokers_had_expired()
      throws Exception {
    bench.certificates().make("web-18", List.of("127.0.0.1"));
    try (var collector =
        new CollectorUnderTest(
            bench,
            bench.directory().resolve("collector-trusting"),
            bench.brokers().overTls("web-18", password()))) {
      collector.start();

      bench.brokers().renewCertificate(Duration.ofSeconds(1));
      collector.logins().happen(BURST);
      awaitWaiting(collector, BURST);
      bench.brokers().renewCertificate(Duration.ofDays(90));

      collector.account(table, "certificate of the brokers expired, then replaced", Instant.now());
      assertThat(collector.lost()).isZero();
    }
  }

  private Path password() throws IOException {
    var file = bench.directory().resolve("store.password");
    if (!Files.exists(file)) {
      SecretFile.create(file, Certificates.PASSWORD.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  /// The clock that programs of its machine see is libfaketime's.
  @Test
  @Tag("faults")
  void should_deliver_each_login_when_the_clock_of_the_host_steps_both_ways() throws Exception {
    var clock = Files.writeString(bench.directory().resolve("clock"), "+0");
    var wrapper =
        List.of(
            "env",
            "LD_PRELOAD=" + libfaketime(),
            "FAKETIME_TIMESTAMP_FILE=" + clock,
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "DONT_FAKE_MONOTONIC=1");
    try (var collector =
        new CollectorUnderTest(bench, wrapper, bench.directory().resolve("collector-clock"))) {
      collector.start();
      for (var step : List.of(Duration.ofHours(-2), Duration.ZERO, Duration.ofMinutes(50))) {
        Files.writeString(clock, "%+d".formatted(step.toSeconds()));
        // Longer than the library remembers what it has read.
        Thread.sleep(Duration.ofSeconds(3));
        collector.logins().clockIs(step);
        collector.logins().happen(BURST);
        Thread.sleep(Duration.ofSeconds(2));
      }
      var stepped = Instant.now();

      collector.account(table, "clock of the collector's host steps 2 h back and forth", stepped);
      assertThat(collector.lost()).isZero();
    }
  }

  private static Path libfaketime() throws IOException {
    try (var directories = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu*")) {
      for (var directory : directories) {
        var library = directory.resolve("faketime/libfaketimeMT.so.1");
        if (Files.exists(library)) {
          return library;
        }
      }
    }
    throw Tool.missing("libfaketime is not there: it is in the package faketime");
  }
}
