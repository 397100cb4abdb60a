package io.halfsecond.collector.inventory.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.halfsecond.collector.inventory.elf.Elf.InMemory;
import io.halfsecond.collector.inventory.elf.FileContent.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElfReaderTest {
  private static final String NAME = "/usr/lib/libx.so";
  private static final String BUILD_ID = "7a".repeat(20);
  private static final Elf LIBRARY =
      Elf.library("libx.so.1", List.of("libc.so.6", "/opt/liby.so"), BUILD_ID);

  @ParameterizedTest
  @CsvSource({"true, LITTLE", "true, BIG", "false, LITTLE", "false, BIG"})
  void should_read_every_width_and_byte_order(boolean wide, String order) throws IOException {
    // given
    var file =
        new Elf(
                wide,
                order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                LIBRARY.soname(),
                LIBRARY.needed(),
                "/opt/lib:$ORIGIN/../lib",
                "/srv/lib",
                BUILD_ID)
            .bytes();

    // when
    var elf = ElfReader.read(NAME, new InMemory(file));

    // then
    assertThat(elf)
        .isEqualTo(
            new ElfObject(
                wide,
                "libx.so.1",
                List.of("libc.so.6", "/opt/liby.so"),
                List.of("/opt/lib", "$ORIGIN/../lib"),
                List.of("/srv/lib"),
                BUILD_ID));
  }

  @Test
  void should_read_the_shell_of_this_host() throws IOException {
    var shell = Path.of("/bin/sh");
    assumeThat(shell).exists();
    try (var channel = FileChannel.open(shell)) {
      var elf = ElfReader.read(shell.toString(), new OpenFile(channel));

      assertThat(elf.soname()).isEmpty();
      assertThat(elf.needed()).anyMatch(name -> name.startsWith("libc.") || name.startsWith("ld-"));
    }
  }

  @Test
  void should_name_the_file_when_it_is_none_of_elf() throws IOException {
    var text = Files.createTempFile("halfsecond", ".txt");
    try {
      Files.writeString(text, "#!/bin/sh\nexit 0\n");
      try (var channel = FileChannel.open(text)) {
        assertThatThrownBy(() -> ElfReader.read(NAME, new OpenFile(channel)))
            .isInstanceOf(MalformedElfException.class)
            .hasMessage(NAME + ": no ELF file");
      }
    } finally {
      Files.delete(text);
    }
  }

  @Test
  void should_refuse_offsets_that_leave_the_file() {
    // given: the program headers stand beyond the end
    var file = LIBRARY.bytes().putLong(32, Long.MAX_VALUE - 8);

    // when, then
    assertThatThrownBy(() -> ElfReader.read(NAME, new InMemory(file)))
        .isInstanceOf(MalformedElfException.class)
        .hasMessageStartingWith(NAME + ": program headers of 168 bytes at ");
  }

  @Test
  void should_refuse_a_table_that_would_fill_the_memory() {
    // given: a dynamic section of a gigabyte
    var file = LIBRARY.bytes().putLong(64 + 2 * 56 + 32, 1L << 30);

    // when, then
    assertThatThrownBy(() -> ElfReader.read(NAME, new InMemory(file)))
        .isInstanceOf(MalformedElfException.class)
        .hasMessageContaining("dynamic section of 1073741824 bytes");
  }

  /// Any byte may be anything: what comes of it is an object or an error that names the file.
  @Test
  void should_never_fail_otherwise_when_bytes_are_changed() {
    var random = new Random(20240329);
    int refused = 0;
    for (int round = 0; round < 50_000; round++) {
      var file = LIBRARY.bytes();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        file.put(
            random.nextInt(file.limit()),
            (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff));
      }
      file.limit(random.nextInt(8) == 0 ? random.nextInt(file.limit() + 1) : file.limit());
      refused += read(file) ? 0 : 1;
    }
    // Names and the build-id are half of the file, and may be anything.
    assertThat(refused).isBetween(10_000, 49_000);
  }

  private static boolean read(ByteBuffer bytes) {
    try {
      ElfReader.read(NAME, new InMemory(bytes));
      return true;
    } catch (MalformedElfException e) {
      assertThat(e).hasMessageStartingWith(NAME + ": ");
      return false;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
