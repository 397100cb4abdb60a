package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcFsTest {
  @TempDir Path root;

  @Test
  void should_find_the_fields_when_a_name_holds_spaces_and_parentheses() throws IOException {
    var directory = Files.createDirectory(root.resolve("42"));
    Files.writeString(
        directory.resolve("stat"),
        "42 (a) S 9 (b) S 7 42 42 0 -1 4194560 751 0 0 0 1 2 0 0 20 0 1 0 12345 16 3\n");
    Files.writeString(directory.resolve("schedstat"), "8012345 433 17\n");

    try (var proc = new ProcFs(root, Set.of("sshd"))) {
      assertThat(proc.process(42)).contains(new ProcFs.Running(42, 7, 42, "a) S 9 (b", 12345));
      assertThat(proc.usage(42)).contains(new Usage(8_012_345, 433, 751));
      assertThat(proc.processes()).hasSize(1);
    }
  }

  @Test
  void should_give_nothing_when_a_process_is_gone_or_its_files_are_unreadable() throws IOException {
    var directory = Files.createDirectory(root.resolve("42"));
    Files.writeString(directory.resolve("stat"), "42 (a");
    Files.writeString(directory.resolve("schedstat"), "many few some\n");

    try (var proc = new ProcFs(root, Set.of("sshd"))) {
      for (int pid : new int[] {42, 43}) {
        assertThat(proc.process(pid)).isEqualTo(Optional.empty());
        assertThat(proc.usage(pid)).isEqualTo(Optional.empty());
        assertThat(proc.comm(pid)).isEmpty();
        assertThat(proc.runsAsRoot(pid)).isFalse();
        assertThat(proc.commandLine(pid).arguments()).isEmpty();
        assertThat(proc.name(pid)).isEqualTo(ProcFs.Name.GONE);
      }
    }
  }

  @Test
  void should_give_no_usage_when_the_kernel_has_released_the_process_meanwhile()
      throws IOException {
    var directory = Files.createDirectory(root.resolve("42"));
    Files.writeString(directory.resolve("schedstat"), "8012345 433 17\n");

    try (var proc = new ProcFs(root, Set.of("sshd"))) {
      assertThat(proc.usage(42)).as("there is no stat any more").isEqualTo(Optional.empty());

      Files.writeString(
          directory.resolve("stat"),
          "42 (sshd) X 0 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 0 0 12345 0 0\n");
      assertThat(proc.usage(42)).as("stat has no counts any more").isEqualTo(Optional.empty());
    }
  }

  @Test
  void should_match_a_whole_name_only_when_looking_for_listeners() throws IOException {
    for (int pid : List.of(1, 2, 3)) {
      Files.writeString(
          Files.createDirectory(root.resolve(Integer.toString(pid))).resolve("comm"),
          List.of("sshd\n", "sshd-session\n", "ssh\n").get(pid - 1));
    }

    try (var proc = new ProcFs(root, Set.of("sshd"))) {
      assertThat(proc.name(1)).isEqualTo(ProcFs.Name.LISTENER);
      assertThat(proc.name(2)).isEqualTo(ProcFs.Name.OTHER);
      assertThat(proc.name(3)).isEqualTo(ProcFs.Name.OTHER);
    }
  }
}
