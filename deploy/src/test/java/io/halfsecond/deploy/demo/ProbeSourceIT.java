package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.probe.SshProbe;
import io.halfsecond.collector.source.probe.ProbeAnnouncer;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.Topic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The collector's own probe of a real sshd, among logins, to what arrives on the topics.
class ProbeSourceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ROUNDS = 3;
  private static final int CONNECTIONS_A_ROUND = 5;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.prepare(Duration.ofSeconds(20));
    sshd = bench.sshd();
    sshd.start(Map.of());
    var _ = bench.collect(true, Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_find_sshd_and_tell_its_own_connections_from_the_logins() throws Exception {
    // given
    var logins = new Logins(sshd);
    int accepted = 0;

    // when
    while (probes().size() < ROUNDS) {
      assertThat(logins.attempt(Logins.Kind.GOOD_KEY)).isTrue();
      accepted++;
    }
    int expected = accepted;
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                sessions().stream()
                        .filter(session -> session.getOutcome() == Outcome.ACCEPTED)
                        .count()
                    == expected);

    // then
    var probes = probes();
    assertThat(probes)
        .allSatisfy(
            probe -> {
              assertThat(probe.getOutcome()).isEqualTo(ProbeOutcome.REFUSED);
              assertThat(probe.getTarget()).isEqualTo("127.0.0.1:" + sshd.port());
              assertThat(probe.getServer()).startsWith("SSH-2.0-OpenSSH_");
              assertThat(probe.getBanners()).isEqualTo(CONNECTIONS_A_ROUND);
              assertThat(probe.getBannerNanos())
                  .hasValueSatisfying(
                      nanos ->
                          assertThat(nanos)
                              .isPositive()
                              .isLessThanOrEqualTo(probe.getStartupNanos().orElseThrow()));
            });
    // Of a round during which nobody logged in, the kernel's view is known, and is nearly the
    // client's.
    assertThat(probes.stream().filter(probe -> probe.getKernelStartupNanos().isPresent()))
        .isNotEmpty()
        .allSatisfy(
            probe ->
                assertThat(millis(probe.getKernelStartupNanos().orElseThrow()))
                    .isCloseTo(millis(probe.getStartupNanos().orElseThrow()), within(50.0)));
    var tagged =
        read(Backend.TOPICS.authTiming()).stream()
            .filter(timing -> timing.getProbe().isPresent())
            .collect(Collectors.groupingBy(timing -> timing.getProbe().orElseThrow()));
    for (var probe : probes) {
      assertThat(tagged.get(probe.getId()))
          .as("connections of %s", probe)
          .hasSizeBetween(CONNECTIONS_A_ROUND, CONNECTIONS_A_ROUND + 1);
    }
    assertThat(
            read(Backend.TOPICS.authTiming()).stream()
                .filter(timing -> timing.getProbe().isEmpty()))
        .hasSizeBetween(accepted - ROUNDS - 1, accepted)
        .extracting(AuthTiming::getOutcome)
        .containsOnly(Outcome.ACCEPTED);
  }

  /// As `halfsecond probe` does on a host with a collector.
  @Test
  void should_keep_the_probes_of_another_process_apart_that_announces_them() throws Exception {
    // given
    var target = new InetSocketAddress(InetAddress.getLoopbackAddress(), sshd.port());
    var client = new SshProbe(PATIENCE);

    // when
    try (var announcer = ProbeAnnouncer.connect(bench.stateDirectory()).orElseThrow()) {
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(client.probe(target, announcer).outcome()).isEqualTo(ProbeOutcome.REFUSED);
        announcer.ended();
      }
    }
    assertThat(client.probe(target).outcome()).isEqualTo(ProbeOutcome.REFUSED);

    // then: the last one was not announced
    await().atMost(PATIENCE).until(() -> announced().size() >= ROUNDS && people().size() == 1);
  }

  private List<AuthTiming> announced() {
    var rounds = probes().stream().map(ProbeTiming::getId).collect(Collectors.toSet());
    return read(Backend.TOPICS.authTiming()).stream()
        .filter(timing -> timing.getProbe().filter(id -> !rounds.contains(id)).isPresent())
        .toList();
  }

  private List<AuthTiming> people() {
    return read(Backend.TOPICS.authTiming()).stream()
        .filter(timing -> timing.getProbe().isEmpty())
        .toList();
  }

  private static double millis(long nanos) {
    return (double) nanos / 1e6;
  }

  private List<ProbeTiming> probes() {
    return read(Backend.TOPICS.probe());
  }

  private List<SessionCpu> sessions() {
    return read(Backend.TOPICS.sessionCpu());
  }

  private <T> List<T> read(Topic<T> topic) {
    return bench.read(topic);
  }
}
