package io.halfsecond.collector.inventory.elf;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The content of one file.
///
/// @param sha256 in hexadecimal; empty if it could not be read
/// @param opensslVersion of libcrypto; empty for all other files
public record FileContent(String sha256, ElfObject elf, String opensslVersion) {
  /// Chromium's main program has 200 MB; the largest library that Debian's sshd maps has 4.7 MB.
  static final long LARGEST = 64L << 20;

  public static final FileContent UNREAD = new FileContent("", ElfObject.UNREAD, "");

  private static final Logger LOG = LoggerFactory.getLogger(FileContent.class);
  private static final String LIBCRYPTO = "libcrypto.so";

  /// Reads a file. If that fails, logs the reason.
  ///
  /// @param name of the file, for messages
  /// @param file where to read it, which may be in /proc
  public static FileContent read(String name, Path file, ReadPacing pacing)
      throws InterruptedException {
    try (var channel = FileChannel.open(file)) {
      var bytes = new OpenFile(channel);
      if (bytes.size() > LARGEST) {
        LOG.warn(
            "inventory: {} is not read: it has {} bytes, more than {}",
            name,
            bytes.size(),
            LARGEST);
        return UNREAD;
      }
      var sha256 = sha256(bytes, pacing);
      try {
        var elf = ElfReader.read(name, bytes);
        return new FileContent(
            sha256,
            elf,
            elf.soname().startsWith(LIBCRYPTO) ? OpenSslVersion.in(bytes, pacing).orElse("") : "");
      } catch (MalformedElfException e) {
        LOG.warn("inventory: {}", e.getMessage());
        return new FileContent(sha256, ElfObject.UNREAD, "");
      }
    } catch (IOException e) {
      LOG.warn("inventory: {} cannot be read: {}", name, e.toString());
      return UNREAD;
    }
  }

  /// @return in hexadecimal
  static String sha256(RandomAccess bytes, ReadPacing pacing)
      throws IOException, InterruptedException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var buffer = ByteBuffer.allocate(ReadPacing.READ);
      // Up to the present size: a file that is being written to may have no end.
      for (long at = 0, size = bytes.size(); at < size; at += ReadPacing.READ) {
        pacing.rest();
        bytes.read(at, buffer.clear());
        digest.update(buffer.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The bytes of an open file.
  record OpenFile(FileChannel channel) implements RandomAccess {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
      long at = offset;
      int read = 0;
      while (into.hasRemaining() && read >= 0) {
        read = channel.read(into, at);
        at += Math.max(0, read);
      }
    }
  }
}
