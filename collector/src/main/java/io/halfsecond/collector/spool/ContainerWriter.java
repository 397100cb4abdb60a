package io.halfsecond.collector.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/// Writes an Avro container file, readable by its owner only. A batch goes to the file as whole
/// blocks, with one write; where that fails, the file is cut back to what was there before.
final class ContainerWriter implements AutoCloseable {
  private final FileChannel channel;
  private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();
  private final DataFileWriter<GenericRecord> writer;
  private long length;

  /// @throws IOException if the file exists or cannot be made
  ContainerWriter(Path file, Schema schema) throws IOException {
    this.channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    this.writer = new DataFileWriter<>(new GenericDatumWriter<>(schema));
    writer.create(schema, encoded);
  }

  /// @throws IOException if nothing of it was written; the writer is of no more use
  void append(List<GenericRecord> batch) throws IOException {
    for (var datum : batch) {
      writer.append(datum);
    }
    writer.flush();
    var bytes = ByteBuffer.wrap(encoded.toByteArray());
    encoded.reset();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, length + bytes.position());
      }
    } catch (IOException e) {
      try {
        channel.truncate(length);
      } catch (IOException cutting) {
        e.addSuppressed(cutting);
      }
      throw e;
    }
    length += bytes.capacity();
  }

  /// What was written so far.
  long length() {
    return length;
  }

  void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
