package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is in one file.
///
/// @param sha256 in hexadecimal; empty if it could not be read
/// @param opensslVersion of libcrypto; empty of all others
record Content(String sha256, ElfObject elf, String opensslVersion) {
  /// Chromium's main program is 200 MB; the largest library that sshd maps here 4.7 MB.
  static final long LARGEST = 64L << 20;

  static final Content UNREAD = new Content("", ElfObject.UNREAD, "");

  private static final Logger LOG = LoggerFactory.getLogger(Content.class);
  private static final String LIBCRYPTO = "libcrypto.so";

  /// Reads a file; says in the log what is in the way.
  ///
  /// @param name of the file, for messages
  /// @param file where to read it, which may be a name in /proc
  static Content read(String name, Path file, Pace pace) throws InterruptedException {
    try (var channel = FileChannel.open(file)) {
      var bytes = new OpenFile(channel);
      if (bytes.size() > LARGEST) {
        LOG.warn(
            "inventory: {} has {} bytes, more than the {} that are read",
            name,
            bytes.size(),
            LARGEST);
        return UNREAD;
      }
      var sha256 = sha256(bytes, pace);
      try {
        var elf = ElfReader.read(name, bytes);
        return new Content(
            sha256,
            elf,
            elf.soname().startsWith(LIBCRYPTO) ? OpenSslVersion.in(bytes, pace).orElse("") : "");
      } catch (MalformedElfException e) {
        LOG.warn("inventory: {}", e.getMessage());
        return new Content(sha256, ElfObject.UNREAD, "");
      }
    } catch (IOException e) {
      LOG.warn("inventory: {} cannot be read: {}", name, e.toString());
      return UNREAD;
    }
  }

  /// @return in hexadecimal
  static String sha256(RandomAccess bytes, Pace pace) throws IOException, InterruptedException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var buffer = ByteBuffer.allocate(Pace.READ);
      // Up to the size of now: a file that somebody goes on writing to has no end.
      for (long at = 0, size = bytes.size(); at < size; at += Pace.READ) {
        pace.rest();
        bytes.read(at, buffer.clear());
        digest.update(buffer.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// An open file.
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
