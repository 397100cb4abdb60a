package io.halfsecond.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.deploy.replay.Input.Form;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {
  private static final LogCalendar NOW =
      LogCalendar.of(ZoneOffset.UTC, Instant.parse("2026-01-04T06:25:01Z"));
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
    var input = Input.of("-", new ByteArrayInputStream(packed(LINE.repeat(5_000))), NOW);
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
    var run = new Recording.Run(at, Duration.ZERO, Optional.of(Duration.ofSeconds(5)));
    new Recording(
            run,
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
            new Form.Recorded(Optional.of(run)),
            new Form.Log(LogFormat.SYSLOG));
  }

  @ParameterizedTest
  @CsvSource({
    "fd377a585a000004, is compressed by xz; read it with: xzcat",
    "5d00008000ffffff, is compressed by lzma; read it with: xz -dc --format=lzma",
    "28b52ffd0458, is compressed by zstd; read it with: zstdcat",
    "425a683931415926, is compressed by bzip2; read it with: bzcat",
    "04224d186440, is compressed by lz4; read it with: lz4 -dc",
    "02214c18, is compressed by lz4; read it with: lz4 -dc",
    "1f9d904a, is compressed by compress; read it with: zcat",
    "504b03041400, is a zip archive; read it with: unzip -p",
    "377abcaf271c0004, is a 7z archive; read it with: 7z x -so",
    "4c5a495001, is compressed by lzip; read it with: lzip -dc",
    "894c5a4f000d0a1a0a, is compressed by lzop; read it with: lzop -dc",
    "4c504b5348485248, is a binary journal file; read it with: journalctl -o export --file"
  })
  void should_name_the_format_and_the_pipe_when_it_does_not_read_it(String hex, String said)
      throws IOException {
    // given
    var bytes = HexFormat.of().parseHex(hex);
    var file = Files.write(directory.resolve("auth.log"), bytes);
    var odd = Files.write(directory.resolve("it's old.log"), bytes);

    // then
    assertThatThrownBy(() -> of(file))
        .isInstanceOf(IOException.class)
        .hasMessage("%s %s | halfsecond replay -", said, file);
    assertThatThrownBy(() -> of(odd))
        .hasMessage("%s '%s/it'\\''s old.log' | halfsecond replay -", said, directory);
    assertThatThrownBy(() -> Input.of("-", new ByteArrayInputStream(bytes), NOW))
        .hasMessage("%s FILE | halfsecond replay -", said);
  }

  @Test
  void should_name_what_is_within_gzip() throws IOException {
    var tar = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    var archive = Files.write(directory.resolve("logs.tar.gz"), packed(tar));
    var twice = Files.write(directory.resolve("auth.log.gz"), packed(packed(LINE)));

    assertThatThrownBy(() -> of(archive))
        .hasMessageStartingWith("is a tar archive; read it with: ");
    assertThatThrownBy(() -> of(twice))
        .hasMessage(
            "is compressed by gzip twice; read it with: zcat %s | halfsecond replay -", twice);
  }

  @Test
  void should_read_all_members_of_a_gzip_file_from_a_slow_pipe_too() throws IOException {
    // given
    var members = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      members.writeBytes(packed(LINE.repeat(1 + i)));
    }
    var file = Files.write(directory.resolve("auth.log.gz"), members.toByteArray());
    var pipe =
        new FilterInputStream(new ByteArrayInputStream(members.toByteArray())) {
          @Override
          public int available() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(length, 7));
          }
        };

    for (var input : List.of(of(file), Input.of("-", pipe, NOW))) {
      // when
      try (var in = input.open(_ -> {})) {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);

        // then
        assertThat(text).isEqualTo(LINE.repeat(50 * 51 / 2));
        assertThat(in.damage()).isEmpty();
      }
    }
  }

  @Test
  void should_give_the_lines_up_to_the_cut_wherever_it_is() throws IOException {
    // given: two members
    var whole = new ByteArrayOutputStream();
    whole.writeBytes(packed(LINE.repeat(3)));
    int first = whole.size();
    whole.writeBytes(packed(LINE.repeat(2)));
    var bytes = whole.toByteArray();

    for (int length = 2; length < bytes.length; length++) {
      var file = Files.write(directory.resolve("auth.log.gz"), Arrays.copyOf(bytes, length));

      // when
      try (var in = of(file).open(_ -> {})) {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);

        // then
        assertThat(LINE.repeat(5)).startsWith(text);
        assertThat(text.length()).isGreaterThanOrEqualTo(length < first ? 0 : 3 * LINE.length());
        assertThat(in.damage().isPresent()).as("cut at " + length).isEqualTo(length != first);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "rubbish", "\u001f", "\u001f\u008brubbish"})
  void should_give_all_lines_and_name_what_follows_the_gzip_data(String rubbish)
      throws IOException {
    // given
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(packed(LINE.repeat(3)));
    bytes.writeBytes(rubbish.getBytes(StandardCharsets.ISO_8859_1));
    var file = Files.write(directory.resolve("auth.log.gz"), bytes.toByteArray());

    // when
    try (var in = of(file).open(_ -> {})) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);

      // then
      assertThat(text).isEqualTo(LINE.repeat(3));
      assertThat(in.damage())
          .contains("has other data after the end of its gzip data, which is left out");
    }
  }

  @Test
  void should_give_the_lines_before_a_damaged_byte() throws IOException {
    // given
    var bytes = packed(LINE.repeat(3));
    bytes[bytes.length - 6] ^= 1;
    var file = Files.write(directory.resolve("auth.log.gz"), bytes);

    // when
    try (var in = of(file).open(_ -> {})) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(LINE.repeat(3));
      assertThat(in.damage())
          .contains("is a damaged gzip file (Corrupt GZIP trailer); judged up to there");
    }
  }

  @Test
  void should_take_the_year_that_is_given_instead_of_the_files() throws IOException {
    // given
    var file = Files.writeString(directory.resolve("auth.log"), LINE);
    var year = new LogCalendar(ZoneOffset.UTC, NOW.reference(), Optional.of(Year.of(2019)));

    // when
    var input = Input.of(file.toString(), InputStream.nullInputStream(), year);

    // then
    assertThat(input.firstAt()).contains(Instant.parse("2019-01-03T12:00:00Z"));
  }

  private static Input of(Path file) throws IOException {
    return Input.of(file.toString(), InputStream.nullInputStream(), NOW);
  }

  private static byte[] packed(String text) throws IOException {
    return packed(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] packed(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }
}
