package io.halfsecond.collector.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/// Writes an Avro container file, readable by its owner only. A batch goes to the file as one
/// block, with one write; where that fails, the file is cut back to what was there before.
///
/// Avro's own writer unpacks and loads the native library of snappy, whatever the codec.
final class ContainerWriter implements AutoCloseable {
  private final FileChannel channel;
  private final GenericDatumWriter<GenericRecord> datums;
  private final byte[] marker = new byte[DataFileConstants.SYNC_SIZE];
  private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(encoded, null);
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final BinaryEncoder bodyEncoder = EncoderFactory.get().directBinaryEncoder(body, null);
  private long length;

  /// @throws IOException if the file exists or cannot be made
  ContainerWriter(Path file, Schema schema) throws IOException {
    this.channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    this.datums = new GenericDatumWriter<>(schema);
    new SecureRandom().nextBytes(marker);
    encoded.writeBytes(DataFileConstants.MAGIC);
    encoder.writeMapStart();
    encoder.setItemCount(2);
    metadata(DataFileConstants.SCHEMA, schema.toString());
    metadata(DataFileConstants.CODEC, DataFileConstants.NULL_CODEC);
    encoder.writeMapEnd();
    encoded.writeBytes(marker);
  }

  private void metadata(String name, String value) throws IOException {
    encoder.startItem();
    encoder.writeString(name);
    encoder.writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws IOException if nothing of it was written; the writer is of no more use
  void append(List<GenericRecord> batch) throws IOException {
    for (var datum : batch) {
      datums.write(datum, bodyEncoder);
    }
    if (!batch.isEmpty()) {
      encoder.writeLong(batch.size());
      encoder.writeLong(body.size());
      body.writeTo(encoded);
      encoded.writeBytes(marker);
    }
    body.reset();
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
