package io.halfsecond.collector.inventory.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentTest {
  private static final byte[] OPENSSL =
      "x\0OpenSSL 3.0.17 1 Jul 2025\0".getBytes(StandardCharsets.US_ASCII);

  @Test
  void should_hash_and_read_a_library_in_pieces(@TempDir Path directory) throws Exception {
    // given: libcrypto, its version across the border of two reads
    var elf = Elf.library("libcrypto.so.3", List.of("libc.so.6"), "0b").bytes();
    var bytes = ByteBuffer.allocate(3 * ReadPacing.READ + 17).put(elf);
    bytes.put(ReadPacing.READ - 10, OPENSSL);
    var file = Files.write(directory.resolve("libcrypto.so.3"), bytes.array());

    // when
    var content = FileContent.read("libcrypto", file, ReadPacing.FAST);

    // then
    assertThat(content.sha256())
        .isEqualTo(
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())));
    assertThat(content.elf())
        .isEqualTo(
            new ElfObject(
                true, "libcrypto.so.3", List.of("libc.so.6"), List.of(), List.of(), "0b"));
    assertThat(content.opensslVersion()).isEqualTo("OpenSSL 3.0.17");
  }

  @Test
  void should_hash_what_is_no_library(@TempDir Path directory) throws Exception {
    var file = Files.writeString(directory.resolve("text"), "abc");

    // FIPS 180-2, B.1
    assertThat(FileContent.read("text", file, ReadPacing.FAST))
        .isEqualTo(
            new FileContent(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                ElfObject.UNREAD,
                ""));
  }

  @Test
  void should_leave_out_what_is_too_large_or_gone(@TempDir Path directory)
      throws IOException, InterruptedException {
    // given: a hole of which no block is on disk
    var large = directory.resolve("large");
    try (var channel =
        FileChannel.open(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), FileContent.LARGEST);
    }

    // when, then
    assertThat(FileContent.read("large", large, ReadPacing.FAST)).isEqualTo(FileContent.UNREAD);
    assertThat(FileContent.read("gone", directory.resolve("gone"), ReadPacing.FAST))
        .isEqualTo(FileContent.UNREAD);
  }
}
