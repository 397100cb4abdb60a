package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/// Reads an Avro container file block by block, and goes on at the next sync marker after bytes
/// that it cannot read. Avro's own reader allocates whatever length a damaged file names, up to 2
/// GiB; here no block is larger than what is left of the file, or than [#LARGEST_BLOCK].
///
/// **Guarantees** every block that is whole is given; [#corruptBytes] counts the rest.
final class ContainerReader implements AutoCloseable {
  static final int LARGEST_BLOCK = 8 << 20;

  private static final int LARGEST_HEADER = 16 << 10;
  private static final int COUNT_AND_SIZE = 20;
  private static final int STEP = 64 << 10;
  private static final int MARKER = DataFileConstants.SYNC_SIZE;

  /// One block.
  ///
  /// @param afterGap whether bytes in front of it could not be read
  record Block(List<GenericRecord> records, boolean afterGap) {}

  private final FileChannel channel;
  private final long end;
  private final GenericDatumReader<GenericRecord> datums;
  private byte[] marker = new byte[0];
  private long position;
  private long corruptBytes;

  /// @param end how much of the file is read, at most
  /// @throws IOException if it cannot be opened; a symbolic link cannot
  ContainerReader(Path file, long end, Schema schema) throws IOException {
    this.channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    this.datums = new GenericDatumReader<>(schema, schema);
    try {
      this.end = Math.min(end, channel.size());
      readHeader(schema);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// Bytes passed over so far.
  long corruptBytes() {
    return corruptBytes;
  }

  /// @return empty at the end
  Optional<Block> next() throws IOException {
    boolean gap = corruptBytes > 0 && position == corruptBytes;
    while (position < end) {
      var block = blockAt(position);
      if (block.isPresent()) {
        return Optional.of(new Block(block.get(), gap));
      }
      gap = true;
      long from = position;
      position = afterNextMarker(position + 1);
      corruptBytes += position - from;
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void readHeader(Schema expected) throws IOException {
    var head = read(0, (int) Math.min(end, LARGEST_HEADER));
    var magic = DataFileConstants.MAGIC;
    // Every block ends with the marker, and so does the file if its last block is whole.
    var last = end < MARKER ? new byte[0] : read(end - MARKER, MARKER);
    try {
      if (!Arrays.equals(head, 0, magic.length, magic, 0, magic.length)) {
        throw new IOException("no Avro container file");
      }
      var decoder =
          DecoderFactory.get().binaryDecoder(head, magic.length, head.length - magic.length, null);
      var schema = metadata(decoder).getOrDefault(DataFileConstants.SCHEMA, "");
      var first = new byte[MARKER];
      decoder.readFixed(first);
      long body = (long) head.length - decoder.remainingBytes();
      // Where no combination reads the first block, that is damaged and not the header.
      boolean read =
          reads(body, last, expected) || reads(body, first, written(schema).orElse(expected));
      if (!read) {
        datums.setSchema(expected);
        marker = first;
      }
      position = body;
    } catch (IOException | RuntimeException _) {
      datums.setSchema(expected);
      marker = last;
      position = marker.length < MARKER ? end : afterNextMarker(0);
      corruptBytes = position;
    }
  }

  private boolean reads(long body, byte[] withMarker, Schema writer) throws IOException {
    marker = withMarker;
    datums.setSchema(writer);
    return body >= end || (marker.length == MARKER && blockAt(body).isPresent());
  }

  private static Optional<Schema> written(String json) {
    try {
      return Optional.of(new Schema.Parser().parse(json));
    } catch (RuntimeException _) {
      return Optional.empty();
    }
  }

  private static Map<String, String> metadata(BinaryDecoder decoder) throws IOException {
    var metadata = new HashMap<String, String>();
    for (long count = decoder.readMapStart(); count > 0; count = decoder.mapNext()) {
      for (long i = 0; i < count; i++) {
        metadata.put(decoder.readString(), utf8(decoder.readBytes(null)));
      }
    }
    return metadata;
  }

  private static String utf8(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  private Optional<List<GenericRecord>> blockAt(long start) throws IOException {
    var head = read(start, (int) Math.min(COUNT_AND_SIZE, end - start));
    long count;
    long size;
    long body;
    try {
      var numbers = DecoderFactory.get().binaryDecoder(head, null);
      count = numbers.readLong();
      size = numbers.readLong();
      body = start + head.length - numbers.remainingBytes();
    } catch (IOException _) {
      return Optional.empty();
    }
    // No record is smaller than a byte.
    if (size < 0
        || count < 0
        || count > size
        || size > LARGEST_BLOCK
        || size > end - body - MARKER) {
      return Optional.empty();
    }
    var bytes = read(body, (int) size + MARKER);
    if (!Arrays.equals(bytes, (int) size, bytes.length, marker, 0, MARKER)) {
      return Optional.empty();
    }
    try {
      var decoder = DecoderFactory.get().binaryDecoder(bytes, 0, (int) size, null);
      var records = new ArrayList<GenericRecord>();
      for (long i = 0; i < count; i++) {
        records.add(datums.read(null, decoder));
      }
      position = body + size + MARKER;
      return Optional.of(records);
    } catch (IOException | RuntimeException _) {
      // Avro throws several kinds for bytes that it did not write.
      return Optional.empty();
    }
  }

  /// Where the marker ends that begins at `from` or later; the end if there is none.
  private long afterNextMarker(long from) throws IOException {
    for (long at = from; at <= end - MARKER; at += STEP) {
      var bytes = read(at, (int) Math.min(STEP + MARKER - 1, end - at));
      for (int i = 0; i <= bytes.length - MARKER; i++) {
        if (Arrays.equals(bytes, i, i + MARKER, marker, 0, MARKER)) {
          return at + i + MARKER;
        }
      }
    }
    return end;
  }

  private byte[] read(long at, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file became shorter");
      }
    }
    return buffer.array();
  }
}
