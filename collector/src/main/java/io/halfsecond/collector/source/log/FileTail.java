package io.halfsecond.collector.source.log;

import io.halfsecond.schemas.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Follows a log file through its rotations, one [#step] at a time, without a thread or a clock.
///
/// **Guarantees** each whole line is delivered once, in order, if the file is rotated by renaming
/// and creating (the old file is read to its end, even if it was rotated while the collector was
/// down and lies in the same directory), deleted and created, or truncated in place.
///
/// Text is lost without a trace if it is written between the last read and a truncation, or to a
/// file that is rotated twice between two reads. So whatever shows a rotation or a truncation is
/// told as a gap. A line without an end at a rotation is dropped: a cut line can have another
/// meaning than the whole.
///
/// Not safe for use by several threads.
final class FileTail implements AutoCloseable {
  private static final int MAX_LINE_BYTES = SshdLogParser.MAX_CHARS;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final LineSplitter splitter;
  private final Runnable onGap;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private Optional<TailPosition> saved;
  private Optional<Open> open = Optional.empty();
  private boolean firstLook = true;

  /// The file that had the name when it was looked at last.
  private Optional<Named> named = Optional.empty();

  private record Named(String identity, long size, FileTime changedAt) {}

  /// The open file; it may have another name by now.
  private static final class Open {
    final FileChannel channel;
    final String identity;
    long offset;

    /// The offset behind the last whole line.
    long lineStart;

    byte[] head = new byte[0];

    /// When the content last changed, as far as all of it was read then; empty while there may be
    /// more to read.
    Optional<FileTime> readAt = Optional.empty();

    Open(FileChannel channel, String identity) {
      this.channel = channel;
      this.identity = identity;
    }
  }

  /// @param saved where the last run stopped
  /// @param onGap since the last step that found no more to read, text may have been lost
  FileTail(
      Path file,
      Optional<TailPosition> saved,
      Consumer<byte[]> onLine,
      Runnable onTooLong,
      Runnable onGap) {
    this.file = file;
    this.onGap = onGap;
    this.saved = saved.filter(position -> position.file().equals(file));
    this.splitter = new LineSplitter(MAX_LINE_BYTES, onLine, onTooLong);
  }

  /// Reads at most one buffer.
  ///
  /// @return whether another step may find more; false if everything is read or the file does not
  ///   exist
  boolean step() throws IOException {
    if (open.isEmpty()) {
      open = firstFile();
      firstLook = false;
      return open.isPresent();
    }
    var current = open.get();
    if (wasTruncated(current)) {
      onGap.run();
      startOver(current);
      return true;
    }
    if (read(current)) {
      return true;
    }
    named = look(file);
    if (named.filter(there -> changedInPlace(current, there)).isPresent()) {
      onGap.run();
    }
    if (named.filter(there -> writersMovedOn(current, there)).isEmpty()) {
      return false;
    }
    // Writers use the new file, so everything that they wrote to the old one can be read now.
    if (read(current)) {
      return true;
    }
    close();
    onGap.run();
    open = Optional.of(openAt(file, 0));
    return true;
  }

  /// Where a later run resumes; empty if no file has been found.
  Optional<TailPosition> position() {
    if (open.isEmpty()) {
      return saved;
    }
    var current = open.get();
    var head = Arrays.copyOf(current.head, (int) Math.min(current.head.length, current.lineStart));
    return Optional.of(
        new TailPosition(file, current.identity, current.lineStart, head.length, Sha256.hex(head)));
  }

  /// Whether a file is open.
  boolean isOpen() {
    return open.isPresent();
  }

  /// Whether a file had the log's name when the last step found no more to read.
  boolean isNamed() {
    return named.isPresent();
  }

  @Override
  public void close() throws IOException {
    splitter.clear();
    if (open.isPresent()) {
      var channel = open.get().channel;
      saved = position();
      open = Optional.empty();
      channel.close();
    }
  }

  private Optional<Open> firstFile() throws IOException {
    if (saved.isPresent()) {
      var position = saved.get();
      saved = Optional.empty();
      var before = fileOf(position);
      if (before.isPresent()) {
        return Optional.of(openAt(before.get(), position.offset()));
      }
      return Files.exists(file) ? Optional.of(openAt(file, 0)) : Optional.empty();
    }
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // A file that appears after the first attempt is new from its first byte.
    return Optional.of(openAt(file, firstLook ? Files.size(file) : 0));
  }

  /// The file of a position, under its own name or one that rotation gave it.
  private Optional<Path> fileOf(TailPosition position) throws IOException {
    if (matches(file, position)) {
      return Optional.of(file);
    }
    var directory = file.toAbsolutePath().getParent();
    var name = file.getFileName();
    if (directory == null || name == null || !Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (var siblings =
        Files.newDirectoryStream(
            directory, path -> path.getFileName().toString().startsWith(name.toString()))) {
      for (var sibling : siblings) {
        if (matches(sibling, position)) {
          return Optional.of(sibling);
        }
      }
      return Optional.empty();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static boolean matches(Path path, TailPosition position) throws IOException {
    var identity = identity(path);
    if (identity.isEmpty()
        || !identity.get().equals(position.identity())
        || Files.size(path) < position.offset()) {
      return false;
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return Sha256.hex(head(channel, position.headLength())).equals(position.headHash());
    }
  }

  private Open openAt(Path path, long offset) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      var opened =
          new Open(
              channel, identity(path).orElseThrow(() -> new NoSuchFileException(path.toString())));
      opened.offset = offset;
      opened.lineStart = offset;
      opened.head = head(channel, headLength(offset));
      if (offset > 0 && byteAt(channel, offset - 1) != '\n') {
        splitter.skipToNextLine();
      }
      return opened;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private boolean read(Open current) throws IOException {
    buffer.clear();
    int count = current.channel.read(buffer, current.offset);
    if (count <= 0) {
      return false;
    }
    current.offset += count;
    current.readAt = Optional.empty();
    if (current.head.length < TailPosition.MAX_HEAD) {
      current.head = head(current.channel, headLength(current.offset));
    }
    int lastEnd = lastLineEnd(count);
    if (lastEnd >= 0) {
      current.lineStart = current.offset - count + lastEnd + 1;
    }
    splitter.feed(buffer.array(), count);
    return true;
  }

  private int lastLineEnd(int count) {
    int i = count - 1;
    while (i >= 0 && buffer.get(i) != '\n') {
      i--;
    }
    return i;
  }

  private static boolean wasTruncated(Open current) throws IOException {
    long size = current.channel.size();
    return size < current.offset
        || (size > current.offset
            && !Arrays.equals(current.head, head(current.channel, current.head.length)));
  }

  private void startOver(Open current) {
    splitter.clear();
    current.offset = 0;
    current.lineStart = 0;
    current.head = new byte[0];
    current.readAt = Optional.empty();
  }

  /// Whether the file was written and truncated to its former size since all of it was read.
  private static boolean changedInPlace(Open current, Named named) {
    // Otherwise it has another name by now, or there is more to read.
    if (!named.identity().equals(current.identity) || named.size() != current.offset) {
      return false;
    }
    var before = current.readAt;
    current.readAt = Optional.of(named.changedAt());
    return before.isPresent() && !before.get().equals(named.changedAt());
  }

  /// Whether another file has the log's name and is not empty. While it is empty, the log daemon
  /// may still write to the old one: logrotate creates the new file and then signals the daemon.
  private static boolean writersMovedOn(Open current, Named named) {
    return !named.identity().equals(current.identity) && named.size() > 0;
  }

  private static Optional<Named> look(Path path) throws IOException {
    try {
      var attributes = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime");
      return attributes.get("size") instanceof Long size
              && attributes.get("lastModifiedTime") instanceof FileTime changedAt
          ? Optional.of(new Named(identity(attributes), size, changedAt))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> identity(Path path) throws IOException {
    try {
      return Optional.of(identity(Files.readAttributes(path, "unix:dev,ino")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String identity(Map<String, Object> attributes) {
    return attributes.get("dev") + ":" + attributes.get("ino");
  }

  private static int headLength(long offset) {
    return (int) Math.min(TailPosition.MAX_HEAD, offset);
  }

  /// The file's first bytes, fewer if it is shorter.
  private static byte[] head(FileChannel channel, int length) throws IOException {
    var head = ByteBuffer.allocate(length);
    while (head.hasRemaining() && channel.read(head, head.position()) > 0) {
      // Reads on.
    }
    return Arrays.copyOf(head.array(), head.position());
  }

  private static int byteAt(FileChannel channel, long offset) throws IOException {
    var one = ByteBuffer.allocate(1);
    return channel.read(one, offset) == 1 ? one.get(0) : '\n';
  }
}
