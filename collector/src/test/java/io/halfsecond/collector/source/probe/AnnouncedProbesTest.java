package io.halfsecond.collector.source.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.SourceMeter.Condition;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncedProbesTest {
  @TempDir private Path directory;

  private final List<SshEvent> events = new CopyOnWriteArrayList<>();
  private AnnouncedProbes source = new AnnouncedProbes(Path.of("/"));

  @BeforeEach
  void start() {
    source = new AnnouncedProbes(directory);
    source.start(events::add);
  }

  @AfterEach
  void stop() {
    source.close();
  }

  @Test
  void should_know_a_probe_before_it_connects() throws IOException {
    try (var announcer = ProbeAnnouncer.connect(directory).orElseThrow()) {
      assertThat(announcer.bound(50_000)).isTrue();

      assertThat(events)
          .singleElement()
          .isInstanceOfSatisfying(
              ProbeEvent.Began.class, began -> assertThat(began.port()).isEqualTo(50_000));
    }
  }

  @Test
  void should_know_how_probes_go_on() throws IOException {
    try (var announcer = ProbeAnnouncer.connect(directory).orElseThrow()) {
      assertThat(announcer.bound(50_000)).isTrue();
      announcer.identified(1);
      announcer.ended();
      assertThat(announcer.bound(50_001)).isTrue();
      announcer.ended();

      await().until(() -> events.size() == 4);
    }
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            ProbeEvent.Identified.class, event -> assertThat(event.port()).isEqualTo(50_000));
    assertThat(events.get(3))
        .isInstanceOfSatisfying(
            ProbeEvent.Left.class, event -> assertThat(event.port()).isEqualTo(50_001));
    assertThat(source.meter().readCount()).isEqualTo(4);
    assertThat(source.meter().inFlight()).isEqualTo(4);
  }

  @Test
  void should_let_nobody_but_its_user_and_root_in() throws IOException {
    var socket = AnnouncedProbes.socket(directory);

    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(source.meter().state().condition()).isEqualTo(Condition.RUNNING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"began\n", "began 0\n", "began 65536\n", "ended 50000\n", " \n", "began x\n"})
  void should_hang_up_on_nonsense(String line) throws IOException {
    assertThat(answer(line)).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void should_hang_up_on_an_endless_line() throws IOException {
    assertThat(answer("began " + "1".repeat(40))).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void should_take_the_place_of_a_collector_that_left_its_socket() throws IOException {
    source.close();
    Files.createFile(AnnouncedProbes.socket(directory));

    source = new AnnouncedProbes(directory);
    source.start(events::add);

    assertThat(answer("began 50000\n")).isEqualTo("ok\n");
  }

  @Test
  void should_say_what_follows_when_it_cannot_listen() {
    var deep = directory.resolve("x".repeat(120));
    var other = new AnnouncedProbes(deep);

    other.start(events::add);

    assertThat(other.meter().state().condition()).isEqualTo(Condition.DEGRADED);
    assertThat(other.meter().state().detail()).contains("count as logins");
    other.close();
  }

  @Test
  void should_find_no_collector_where_none_runs() {
    source.close();

    assertThat(ProbeAnnouncer.connect(directory)).isEmpty();
    assertThat(source.meter().state().condition()).isEqualTo(Condition.STOPPED);
  }

  /// Until the other side hangs up, or has answered.
  private String answer(String line) throws IOException {
    try (var channel =
        SocketChannel.open(UnixDomainSocketAddress.of(AnnouncedProbes.socket(directory)))) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      var buffer = ByteBuffer.allocate(3);
      try {
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
          // The answer may come in parts.
        }
      } catch (SocketException e) {
        // It hung up before it had read everything.
        return "";
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }
  }
}
