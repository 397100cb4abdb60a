package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What the spool keeps of runs: `runs.avro`, replaced as a whole, and `assigned`, one line that
/// says how many numbers the newest run gave. The line is overwritten in place, so that it can also
/// be written where the disk is full.
final class RunFiles implements AutoCloseable {
  private static final Pattern LINE = Pattern.compile("(\\S{1,64}) (\\d{19})\n");

  /// How many numbers a run gave.
  record Assigned(String run, long count) {}

  private final Path directory;
  private final FileChannel assigned;

  RunFiles(Path directory) throws IOException {
    this.directory = directory;
    this.assigned =
        FileChannel.open(
            directory.resolve(SpoolDirectory.ASSIGNED),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  static Optional<Assigned> assigned(Path directory) throws IOException {
    var file = directory.resolve(SpoolDirectory.ASSIGNED);
    try (var channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      var bytes = ByteBuffer.allocate(128);
      channel.read(bytes, 0);
      var line = LINE.matcher(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
      return line.lookingAt()
          ? Optional.of(new Assigned(line.group(1), Long.parseLong(line.group(2))))
          : Optional.empty();
    } catch (NoSuchFileException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// The runs, the oldest first; those that can be read.
  static List<Run> runs(Path directory) throws IOException {
    var runs = new ArrayList<Run>();
    try (var reader =
        new ContainerReader(
            directory.resolve(SpoolDirectory.RUNS), Long.MAX_VALUE, SpoolFormat.RUN)) {
      for (var block = reader.next(); block.isPresent(); block = reader.next()) {
        block.get().records().forEach(run -> runs.add(SpoolFormat.run(run)));
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
    return runs;
  }

  void write(Assigned now) throws IOException {
    var line =
        ByteBuffer.wrap(
            String.format(Locale.ROOT, "%s %019d%n", now.run(), now.count())
                .getBytes(StandardCharsets.ISO_8859_1));
    while (line.hasRemaining()) {
      assigned.write(line, line.position());
    }
  }

  /// Replaces the file.
  ///
  /// @param sync whether it must outlast a crash of the machine
  void write(List<Run> runs, boolean sync) throws IOException {
    var fresh = directory.resolve(SpoolDirectory.RUNS_NEW);
    Files.deleteIfExists(fresh);
    try (var writer = new ContainerWriter(fresh, SpoolFormat.RUN)) {
      writer.append(runs.stream().map(SpoolFormat::of).toList());
      if (sync) {
        writer.sync();
      }
    }
    Files.move(fresh, directory.resolve(SpoolDirectory.RUNS), StandardCopyOption.ATOMIC_MOVE);
    if (sync) {
      syncDirectory(directory);
    }
  }

  static void syncDirectory(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    assigned.close();
  }
}
