package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.auth.OwnFile;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which record of each partition is being handled, in a file that outlasts the process. So the
/// next process knows at which record its predecessor died, whatever killed it. A record at which
/// an instance has died twice is passed over at the third try.
///
/// The file is mapped into memory: what a process has written there stays when it is killed. Two
/// numbers are written for a record. Another file has the deaths.
///
/// Safe for use by several threads, each with partitions of its own.
public final class RecordsInHand implements AutoCloseable {
  static final int DEATHS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(RecordsInHand.class);
  private static final String FILE = "records-in-hand";
  private static final String DEATHS_FILE = "records-in-hand.deaths";

  /// More than partitions that an instance reads. Those beyond are not protected.
  private static final int SLOTS = 2_048;

  private static final int LONGEST_TOPIC = 249;
  private static final int OFFSET_AT = 0;
  private static final int TIME_AT = Long.BYTES;
  private static final int PARTITION_AT = 2 * Long.BYTES;
  private static final int TOPIC_AT = PARTITION_AT + Integer.BYTES;
  private static final int SLOT_BYTES = TOPIC_AT + Short.BYTES + LONGEST_TOPIC + 1;

  /// An offset plus one, so that a file of zeros has none.
  private static final long NONE = 0;

  /// The newest ones: a record that was passed over does not come again.
  private static final int MOST_DEATHS = 100;

  /// The time of a record that died where its time was not known.
  private static final long ANY_TIME = Long.MIN_VALUE;

  /// @param timestamp the same offset of a topic that was made anew has another
  private record Place(TopicPartition partition, long offset, long timestamp) {}

  private final Optional<MappedByteBuffer> slots;
  private final Path directory;
  private final Map<Place, Integer> deaths;
  private final Map<TopicPartition, Hand> hands = new HashMap<>();

  private RecordsInHand(
      Optional<MappedByteBuffer> slots, Path directory, Map<Place, Integer> deaths) {
    this.slots = slots;
    this.directory = directory;
    this.deaths = deaths;
  }

  /// Remembers nothing.
  public static RecordsInHand none() {
    return new RecordsInHand(Optional.empty(), Path.of(""), new LinkedHashMap<>());
  }

  /// Reads at which records the last process died, if it did.
  ///
  /// @param directory of this instance alone; made if it is missing
  /// @throws UncheckedIOException if the files cannot be read or written
  public static RecordsInHand open(Path directory) {
    try {
      Files.createDirectories(directory);
      var deaths = deaths(directory.resolve(DEATHS_FILE));
      for (var place :
          OwnFile.read(directory.resolve(FILE)).map(RecordsInHand::left).orElse(List.of())) {
        int times = deaths.merge(place, 1, Integer::sum);
        LOG.warn(
            "the last process ended while it handled {} offset {}, {} time(s) by now; at {} the"
                + " record is passed over",
            place.partition,
            place.offset,
            times,
            DEATHS);
      }
      write(directory, deaths);
      return new RecordsInHand(Optional.of(mapped(directory.resolve(FILE))), directory, deaths);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep which records are handled: " + e.getMessage(), e);
    }
  }

  /// Filled with zeros, so that no disk that is full can refuse a page later.
  private static MappedByteBuffer mapped(Path file) throws IOException {
    Files.deleteIfExists(file);
    try (var channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      var zeros = ByteBuffer.allocate(SLOTS * SLOT_BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      return channel.map(MapMode.READ_WRITE, 0, (long) SLOTS * SLOT_BYTES);
    }
  }

  /// The records that were being handled when the file was written last.
  private static List<Place> left(byte[] file) {
    var places = new ArrayList<Place>();
    var bytes = ByteBuffer.wrap(file);
    for (int at = 0; at + SLOT_BYTES <= file.length; at += SLOT_BYTES) {
      long offset = bytes.getLong(at + OFFSET_AT);
      int length = bytes.getShort(at + TOPIC_AT);
      if (offset > NONE && length > 0 && length <= LONGEST_TOPIC) {
        var topic = new String(file, at + TOPIC_AT + Short.BYTES, length, UTF_8);
        places.add(
            new Place(
                new TopicPartition(topic, bytes.getInt(at + PARTITION_AT)),
                offset - 1,
                bytes.getLong(at + TIME_AT)));
      }
    }
    return places;
  }

  /// A line that is none is left out: without it, a record is tried once more.
  private static Map<Place, Integer> deaths(Path file) throws IOException {
    var deaths = new LinkedHashMap<Place, Integer>();
    var text = new String(OwnFile.read(file).orElse(new byte[0]), UTF_8);
    for (var line : text.lines().toList()) {
      var words = List.of(line.split(" ", 6));
      try {
        if (words.size() == 5) {
          deaths.put(
              new Place(
                  new TopicPartition(words.get(1), Integer.parseInt(words.get(2))),
                  Long.parseLong(words.get(3)),
                  Long.parseLong(words.get(4))),
              Integer.valueOf(words.getFirst()));
        }
      } catch (NumberFormatException e) {
        LOG.warn("{}: a line is not used: {}", file, e.getMessage());
      }
    }
    return deaths;
  }

  private static void write(Path directory, Map<Place, Integer> deaths) throws IOException {
    var lines = new StringBuilder();
    deaths.entrySet().stream()
        .skip(Math.max(0, deaths.size() - MOST_DEATHS))
        .forEach(
            death -> {
              var place = death.getKey();
              lines
                  .append(
                      "%d %s %d %d %d"
                          .formatted(
                              death.getValue(),
                              place.partition.topic(),
                              place.partition.partition(),
                              place.offset,
                              place.timestamp))
                  .append('\n');
            });
    OwnFile.replace(directory.resolve(DEATHS_FILE), lines.toString().getBytes(UTF_8), true);
  }

  /// For the records of a partition.
  synchronized Hand of(TopicPartition partition) {
    return hands.computeIfAbsent(
        partition,
        one -> {
          int slot = hands.size();
          if (slots.isEmpty() || slot >= SLOTS || one.topic().length() > LONGEST_TOPIC) {
            return new Hand(one, -1);
          }
          int at = slot * SLOT_BYTES;
          var topic = one.topic().getBytes(UTF_8);
          slots.get().putInt(at + PARTITION_AT, one.partition());
          slots.get().putShort(at + TOPIC_AT, (short) topic.length);
          slots.get().put(at + TOPIC_AT + Short.BYTES, topic);
          return new Hand(one, at);
        });
  }

  /// What came of a record ends this process, though the record was handled.
  synchronized void blame(TopicPartition partition, long offset) {
    deaths.merge(new Place(partition, offset, ANY_TIME), 1, Integer::sum);
    if (slots.isPresent()) {
      try {
        write(directory, deaths);
      } catch (IOException e) {
        LOG.warn("cannot remember that {} offset {} ends this process", partition, offset, e);
      }
    }
  }

  private synchronized boolean isFatal(Place place) {
    return deaths.getOrDefault(place, 0) >= DEATHS
        || deaths.getOrDefault(new Place(place.partition, place.offset, ANY_TIME), 0) >= DEATHS;
  }

  /// The record of one partition that is being handled.
  final class Hand {
    private final TopicPartition partition;
    private final int at;

    private Hand(TopicPartition partition, int at) {
      this.partition = partition;
      this.at = at;
    }

    /// @throws InsaneRecordException if two processes have died at the record
    void take(long offset, long timestamp) {
      // Rarely are there any: nothing has to be asked of them.
      if (!deaths.isEmpty() && isFatal(new Place(partition, offset, timestamp))) {
        throw InsaneRecordException.fatal(DEATHS);
      }
      if (at >= 0) {
        slots.orElseThrow().putLong(at + TIME_AT, timestamp);
        slots.orElseThrow().putLong(at + OFFSET_AT, offset + 1);
      }
    }

    void put() {
      if (at >= 0) {
        slots.orElseThrow().putLong(at + OFFSET_AT, NONE);
      }
    }
  }

  /// What is being handled by a thread that does not end stays in the file.
  @Override
  public void close() {
    slots.ifPresent(MappedByteBuffer::force);
  }
}
