package io.halfsecond.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.deploy.replay.Input.Form;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {
  private static final Instant NOW = Instant.parse("2026-01-04T06:25:01Z");
  private static final String LINE = "Jan  3 12:00:00 web-17 sshd[1]: text\n";

  @TempDir private Path directory = Path.of("");

  @Test
  void should_unpack_whatever_its_name_is_and_tell_how_much_of_it_was_read() throws IOException {
    // given
    var file = Files.write(directory.resolve("auth.log"), packed(LINE.repeat(50_000)));
    var read = new AtomicLong();

    // when
    var input = of(file);
    String text;
    try (var in = input.open(read::addAndGet)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    // then
    assertThat(input.form()).isEqualTo(new Form.Log(LogFormat.SYSLOG));
    assertThat(text).isEqualTo(LINE.repeat(50_000));
    assertThat(input.bytes()).hasValue(Files.size(file));
    assertThat(read).hasValue(Files.size(file));
  }

  @Test
  void should_lose_nothing_of_standard_input_by_looking_at_it() throws IOException {
    // when
    var input =
        Input.of("-", new ByteArrayInputStream(packed(LINE.repeat(5_000))), NOW, ZoneOffset.UTC);
    String text;
    try (var in = input.open(_ -> {})) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    // then
    assertThat(text).isEqualTo(LINE.repeat(5_000));
    assertThat(input.firstAt()).contains(Instant.parse("2026-01-03T12:00:00Z"));
    assertThat(input.bytes()).isEmpty();
  }

  @Test
  void should_sort_logs_and_recordings_by_what_they_begin_with() throws IOException {
    // given
    var younger =
        Files.writeString(directory.resolve("a"), "2026-01-03T12:00:00Z web-17 sshd[1]: text\n");
    var recorded = directory.resolve("b");
    var at = Instant.parse("2026-01-02T12:00:00Z");
    new Recording(
            at,
            Duration.ZERO,
            List.of(new Recording.Entry("topic", "key", at.toEpochMilli(), ByteBuffer.allocate(0))))
        .write(recorded);
    var older =
        Files.writeString(directory.resolve("c"), "2026-01-01T12:00:00Z web-17 sshd[1]: text\n");
    var empty = Files.createFile(directory.resolve("d"));

    // when
    var sorted = Input.sorted(List.of(of(younger), of(recorded), of(older), of(empty)));

    // then
    assertThat(sorted)
        .extracting(Input::name)
        .containsExactly(
            empty.toString(), older.toString(), recorded.toString(), younger.toString());
    assertThat(sorted)
        .extracting(Input::form)
        .containsExactly(
            new Form.Empty(),
            new Form.Log(LogFormat.SYSLOG),
            new Form.Recorded(),
            new Form.Log(LogFormat.SYSLOG));
  }

  private static Input of(Path file) throws IOException {
    return Input.of(file.toString(), InputStream.nullInputStream(), NOW, ZoneOffset.UTC);
  }

  private static byte[] packed(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
