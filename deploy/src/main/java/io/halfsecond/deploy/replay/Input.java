package io.halfsecond.deploy.replay;

import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.deploy.recording.Recording;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A file to be replayed, or standard input. Its first bytes say whether it is compressed, its
/// first lines which format it has; its name says nothing.
///
/// @param name as it was given, for messages
/// @param firstAt time of the first entry; empty if not known
/// @param calendar completes the times of its lines
/// @param bytes its length; empty if not known
public record Input(
    String name,
    Form form,
    Optional<Instant> firstAt,
    LogCalendar calendar,
    OptionalLong bytes,
    Opener opener) {
  /// The name of standard input.
  public static final String STANDARD_INPUT = "-";

  /// Avro 1.12 specification, "Object Container Files".
  private static final byte[] AVRO = {'O', 'b', 'j', 1};

  /// The format of an input.
  public sealed interface Form {
    record Log(LogFormat format) implements Form {}

    /// @param run empty if the beginning of the file does not tell
    record Recorded(Optional<Recording.Run> run) implements Form {}

    /// An empty file.
    record Empty() implements Form {}
  }

  /// Opens it at its beginning.
  @FunctionalInterface
  interface Opener {
    /// @return the content, uncompressed
    Unpacked open(Listener listener) throws IOException;
  }

  /// Is notified of what is read.
  @FunctionalInterface
  public interface Listener {
    /// @param bytes read from the file since the last call, before decompression
    /// @throws IOException to end the reading
    void read(long bytes) throws IOException;
  }

  /// In the order in which they are to be read: by the time of the first entry, those without one
  /// first.
  public static List<Input> sorted(List<Input> inputs) {
    return inputs.stream()
        .sorted(Comparator.comparing(input -> input.firstAt().orElse(Instant.MIN)))
        .toList();
  }

  /// Inspects the beginning of a file.
  ///
  /// @param name of the file, or [#STANDARD_INPUT]
  /// @param now completes the times of standard input; a file's year follows from when it was last
  ///   written, unless the year is given
  /// @throws IOException if it cannot be read or replayed; the message says why
  public static Input of(String name, InputStream standardInput, LogCalendar now)
      throws IOException {
    if (name.equals(STANDARD_INPUT)) {
      var counted = new Counted(standardInput);
      var in = Unpacked.of(counted);
      return of(
          name,
          head(in),
          in.damage().isPresent(),
          now,
          OptionalLong.empty(),
          listener -> {
            counted.listener = listener;
            return in;
          });
    }
    var file = Path.of(name);
    if (Files.isDirectory(file)) {
      throw new IOException("is a directory");
    }
    Opener opener =
        listener -> {
          var counted = new Counted(Files.newInputStream(file));
          counted.listener = listener;
          return Unpacked.of(counted);
        };
    try (var in = opener.open(_ -> {})) {
      var input =
          of(
              name,
              head(in),
              in.damage().isPresent(),
              now.year().isPresent()
                  ? now
                  : LogCalendar.of(now.zone(), Files.getLastModifiedTime(file).toInstant()),
              OptionalLong.of(Files.size(file)),
              opener);
      return input.form() instanceof Form.Recorded
          ? input.withFirstAt(firstOfRecording(in))
          : input;
    } catch (NoSuchFileException e) {
      throw new IOException("no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("permission denied", e);
    }
  }

  private static Input of(
      String name,
      byte[] head,
      boolean damaged,
      LogCalendar calendar,
      OptionalLong bytes,
      Opener opener)
      throws IOException {
    if (damaged && !contains(head, '\n')) {
      // Whatever it was: the rest of its first line is missing.
      return new Input(
          name, new Form.Log(LogFormat.SYSLOG), Optional.empty(), calendar, bytes, opener);
    }
    if (head.length == 0) {
      return new Input(name, new Form.Empty(), Optional.empty(), calendar, bytes, opener);
    }
    if (startsWith(head, AVRO)) {
      return new Input(
          name, new Form.Recorded(run(head)), Optional.empty(), calendar, bytes, opener);
    }
    var foreign = Foreign.of(head);
    if (foreign.isPresent()) {
      throw new IOException(foreign.get().advice(name));
    }
    var known =
        LogFormat.of(head, calendar)
            .orElseThrow(
                () ->
                    new IOException(
                        "is not a syslog file, output of journalctl -o json or -o export, or a"
                            + " recording: its first line has the form '"
                            + LogFormat.shapeOf(head)
                            + "'"));
    return new Input(name, new Form.Log(known.format()), known.firstAt(), calendar, bytes, opener);
  }

  /// Length of the detector's blocks in the run that this is a recording of; empty if it is none or
  /// does not say.
  public Optional<Duration> block() {
    return form instanceof Form.Recorded(var run)
        ? run.flatMap(Recording.Run::block)
        : Optional.empty();
  }

  private Input withFirstAt(Optional<Instant> value) {
    return new Input(name, form, value, calendar, bytes, opener);
  }

  /// @throws IOException if it cannot be opened
  Unpacked open(Listener listener) throws IOException {
    return opener.open(listener);
  }

  /// What is wrong with the file is told when it is read.
  private static Optional<Recording.Run> run(byte[] head) {
    try (var reader = Recording.Reader.open(new ByteArrayInputStream(head))) {
      return Optional.of(reader.run());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> firstOfRecording(InputStream in) throws IOException {
    try (var reader = Recording.Reader.open(in)) {
      return reader.next().map(entry -> Instant.ofEpochMilli(entry.timestampMillis()));
    }
  }

  /// The beginning of a stream, whose position does not change.
  private static byte[] head(BufferedInputStream in) throws IOException {
    in.mark(LogFormat.HEAD_BYTES);
    var head = in.readNBytes(LogFormat.HEAD_BYTES);
    in.reset();
    return head;
  }

  private static boolean contains(byte[] bytes, char c) {
    for (byte b : bytes) {
      if (b == c) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] bytes, byte[] beginning) {
    return bytes.length >= beginning.length
        && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
  }

  /// Counts what is read from it.
  private static final class Counted extends FilterInputStream {
    private Listener listener = _ -> {};

    private Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      listener.read(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      listener.read(Math.max(0, count));
      return count;
    }
  }
}
