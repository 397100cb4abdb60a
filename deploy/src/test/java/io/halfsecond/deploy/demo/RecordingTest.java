package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void should_read_what_it_wrote() throws IOException {
    var file = directory.resolve("run.avro");
    var recording =
        new Recording(
            new Recording.Run(
                Instant.parse("2026-03-29T12:00:00.123Z"),
                Duration.ofMillis(500),
                Optional.of(Duration.ofSeconds(5))),
            List.of(
                new Recording.Entry(
                    "ssh.auth-timing",
                    "web-17",
                    1_774_785_600_000L,
                    ByteBuffer.wrap(new byte[] {1, 2, 3})),
                new Recording.Entry(
                    "ssh.session-cpu", "web-17", 1_774_785_600_001L, ByteBuffer.allocate(0))));

    recording.write(file);

    try (var in = Files.newInputStream(file)) {
      assertThat(Recording.read(in)).isEqualTo(recording);
    }
  }

  @Test
  void should_say_so_when_a_file_is_no_recording() {
    var text = new ByteArrayInputStream("no Avro".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Recording.read(text)).isInstanceOf(IOException.class);
  }

  @Test
  void should_hold_a_run_that_this_version_can_read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Demo.class.getResourceAsStream("recorded-run.avro"))) {
      var run = Recording.read(in);
      var timings =
          run.entries().stream()
              .filter(entry -> entry.topic().equals("ssh.auth-timing"))
              .map(RecordingTest::timing)
              .toList();

      assertThat(run.run().delay()).isEqualTo(Duration.ofMillis(500));
      assertThat(run.run().block()).contains(Backend.BLOCK);
      assertThat(timings).hasSizeGreaterThan(100).allMatch(AuthTiming::getComplete);
      // No name, no address: a recording is shipped to everybody.
      assertThat(timings)
          .allMatch(
              timing ->
                  timing.getUserPseudonym().isEmpty() && timing.getSourcePseudonym().isEmpty());
    }
  }

  private static AuthTiming timing(Recording.Entry entry) {
    return AvroSerde.of(AuthTiming.class).decode(entry.bytes());
  }
}
