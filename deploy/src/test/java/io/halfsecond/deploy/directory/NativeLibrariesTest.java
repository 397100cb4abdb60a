package io.halfsecond.deploy.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mount without permission to execute is in `UpIT`.
class NativeLibrariesTest {
  @TempDir private Path temporary = Path.of("");

  @Test
  void should_remove_what_a_killed_process_left_and_nothing_else() throws Exception {
    var left = Files.createDirectory(temporary.resolve("native")).resolve("librocksdbjni.so");
    Files.writeString(left, "old");
    var kept = Files.writeString(temporary.resolve("pseudonym.key"), "kept");

    try (var directory = LockedDirectory.of(temporary)) {
      NativeLibraries.below(directory);
    }

    assertThat(left).doesNotExist();
    assertThat(kept).hasContent("kept");
    assertThat(temporary.resolve("native")).isEmptyDirectory();
  }

  @Test
  void should_leave_nothing_when_it_asks_whether_files_can_be_executed() throws Exception {
    assertThat(NativeLibraries.permitsExecution(temporary)).isTrue();
    assertThat(temporary).isEmptyDirectory();
  }
}
