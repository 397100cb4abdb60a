package io.halfsecond.collector.source.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against servers that are no sshd. What becomes of a real one's is in the tests of the whole.
class ProbeSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Draws nothing but zeros: the first round comes at once.
  private static final RandomGenerator AT_ONCE = () -> 0;

  private final List<SshEvent> events = new CopyOnWriteArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private ProbeSource source() {
    return new ProbeSource(
        ProbeSettings.defaults(),
        () -> Optional.of((InetSocketAddress) server.getLocalSocketAddress()),
        AT_ONCE);
  }

  private void answer(String line) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  try (var client = server.accept()) {
                    client.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                  }
                }
              } catch (SocketException _) {
                // The test is over.
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
  }

  private ProbeEvent.RoundEnded awaitRound() {
    await()
        .atMost(PATIENCE)
        .until(() -> events.stream().anyMatch(ProbeEvent.RoundEnded.class::isInstance));
    return (ProbeEvent.RoundEnded) events.getLast();
  }

  @Test
  void should_stay_away_and_say_why_when_sshd_turns_it_away() {
    // given
    answer("Not allowed at this time\r\n");
    var source = source();

    // when
    source.start(events::add);
    var round = awaitRound();

    // then
    assertThat(round.seen().outcome()).isEqualTo(ProbeOutcome.THROTTLED);
    assertThat(round.seen().bannerNanos()).isEmpty();
    assertThat(round.seen().followedPort()).isEmpty();
    assertThat(events).as("the round broke off").hasSize(3);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(source.meter().state().condition()).isEqualTo(Condition.DEGRADED);
              assertThat(source.meter().state().detail())
                  .contains("Not allowed at this time", "in 900 s", "PerSourcePenaltyExemptList");
            });
    source.close();
    assertThat(source.meter().state().condition()).isEqualTo(Condition.STOPPED);
  }

  @Test
  void should_name_each_connection_before_it_is_made() {
    // given
    answer("SSH-2.0-Nothing\r\n");
    var source = source();

    // when
    source.start(events::add);
    var round = awaitRound();
    source.close();

    // then
    assertThat(round.seen().outcome()).isEqualTo(ProbeOutcome.CLOSED);
    assertThat(round.seen().banners()).isEqualTo(ProbeSchedule.IDENTIFICATIONS + 1);
    assertThat(round.seen().server()).isEqualTo("SSH-2.0-Nothing");
    assertThat(round.seen().followedPort()).isPresent();
    assertThat(events.stream().map(event -> event.getClass().getSimpleName()))
        .containsExactly(
            "Began",
            "Identified",
            "Began",
            "Identified",
            "Began",
            "Identified",
            "Began",
            "Identified",
            "Began",
            "Identified",
            "RoundEnded");
    var times = events.stream().map(SshEvent::atNanos).toList();
    assertThat(times).isSorted();
  }

  @Test
  void should_probe_whom_it_is_told_to_by_name() {
    // given
    answer("SSH-2.0-Nothing\r\n");
    var source =
        new ProbeSource(
            ProbeSettings.defaults()
                .withTarget(InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort())),
            Optional::empty,
            AT_ONCE);

    // when
    source.start(events::add);
    var round = awaitRound();
    source.close();

    // then
    assertThat(round.seen().target()).isEqualTo("127.0.0.1:" + server.getLocalPort());
    assertThat(round.seen().banners()).isEqualTo(ProbeSchedule.IDENTIFICATIONS + 1);
  }

  @Test
  void should_not_reach_a_name_that_nobody_knows() {
    // given
    var source =
        new ProbeSource(
            ProbeSettings.defaults()
                .withTarget(InetSocketAddress.createUnresolved("sshd.invalid", 22)),
            Optional::empty,
            AT_ONCE);

    // when
    source.start(events::add);
    var round = awaitRound();
    source.close();

    // then
    assertThat(round.seen().outcome()).isEqualTo(ProbeOutcome.UNREACHABLE);
  }

  @Test
  void should_look_again_when_nobody_listens() {
    // given
    var source = new ProbeSource(ProbeSettings.defaults(), Optional::empty, AT_ONCE);

    // when
    source.start(events::add);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(source.meter().state().detail()).contains("no listening sshd found"));
    assertThat(source.meter().state().condition()).isEqualTo(Condition.DEGRADED);
    source.close();
    assertThat(events).isEmpty();
  }

  @Test
  void should_end_at_once_when_closed_while_a_server_keeps_it_waiting() {
    // given
    var source = source();
    source.start(events::add);
    await().atMost(PATIENCE).until(() -> !events.isEmpty());

    // when
    long began = System.nanoTime();
    source.close();

    // then
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isLessThan(ProbeSource.LIMIT.dividedBy(2));
    assertThat(events).noneMatch(ProbeEvent.RoundEnded.class::isInstance);
  }

  @Test
  void should_count_what_nobody_takes_and_not_connect() throws Exception {
    // given
    server.setSoTimeout(1);
    var source = source();

    // when
    source.start(_ -> false);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(source.meter().readCount()).isEqualTo(3);
              assertThat(source.meter().droppedCount(Reason.QUEUE_FULL)).isEqualTo(3);
            });
    source.close();
    assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
  }
}
