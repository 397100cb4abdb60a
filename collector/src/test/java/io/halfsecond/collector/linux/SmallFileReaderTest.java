package io.halfsecond.collector.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SmallFileReaderTest {
  @TempDir Path root;

  @Test
  void should_read_a_process_file_when_it_exists() throws IOException {
    Files.writeString(Files.createDirectory(root.resolve("4194303")).resolve("comm"), "sshd\n");

    try (var reader = new SmallFileReader(root.toString(), 64)) {
      assertThat(text(reader.read(4194303, "/comm"))).isEqualTo("sshd\n");
    }
  }

  @Test
  void should_cut_a_file_when_it_is_longer_than_the_buffer() throws IOException {
    Files.writeString(Files.createDirectory(root.resolve("10")).resolve("comm"), "0123456789");

    try (var reader = new SmallFileReader(root.toString(), 4)) {
      assertThat(text(reader.read(10, "/comm"))).isEqualTo("0123");
    }
  }

  @Test
  void should_give_nothing_when_the_process_is_gone_even_after_another_was_read()
      throws IOException {
    Files.writeString(Files.createDirectory(root.resolve("10")).resolve("comm"), "sshd\n");

    try (var reader = new SmallFileReader(root.toString(), 64)) {
      assertThat(reader.read(10, "/comm").limit()).isEqualTo(5);
      assertThat(reader.read(1, "/comm").limit()).isZero();
      assertThat(reader.read(0, "/comm").limit()).isZero();
      assertThat(reader.read(-10, "/comm").limit()).isZero();
    }
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
