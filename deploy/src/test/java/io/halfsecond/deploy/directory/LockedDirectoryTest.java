package io.halfsecond.deploy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedDirectoryTest {
  @TempDir private Path temporary = Path.of("");

  @Test
  void should_create_it_for_its_owner_and_say_in_it_who_has_it() throws IOException {
    var wanted = temporary.resolve("below/state");

    try (var directory = LockedDirectory.of(wanted)) {
      assertThat(directory.path()).isEqualTo(wanted.toRealPath());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(wanted)))
          .isEqualTo("rwx------");
    }
    assertThat(wanted.resolve(LockedDirectory.LOCK_FILE))
        .content()
        .startsWith("process %d (java".formatted(ProcessHandle.current().pid()));
  }

  @Test
  void should_refuse_what_another_process_has_and_leave_it_locked() throws Exception {
    var other = new Holder(temporary);

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> LockedDirectory.of(temporary))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "%s is in use by process %d (java"
                  .formatted(temporary.toRealPath(), other.process.pid()));
    }
    other.kill();

    LockedDirectory.of(temporary).close();
  }

  /// The kernel would give this process its own lock again, and release it when that is closed.
  @Test
  void should_refuse_what_this_process_has_by_whatever_path_and_leave_it_locked() throws Exception {
    var link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("."));
    try (var _ = LockedDirectory.of(temporary)) {
      assertThatThrownBy(() -> LockedDirectory.of(temporary)).hasMessageContaining("this process");
      assertThatThrownBy(() -> LockedDirectory.of(link)).hasMessageContaining("this process");

      assertThat(new Holder(temporary).said())
          .contains("in use by process " + ProcessHandle.current().pid());
    }
    LockedDirectory.of(temporary).close();
  }

  @Test
  void should_refuse_what_others_may_write_to() throws IOException {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> LockedDirectory.of(temporary))
        .hasMessage(
            "%s has mode 0777: other users may change it: chmod go-w %s"
                .formatted(temporary.toRealPath(), temporary.toRealPath()));
  }

  @Test
  void should_refuse_what_is_no_directory() throws IOException {
    var file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> LockedDirectory.of(file)).hasMessage(file + " is not a directory");
    assertThatThrownBy(() -> LockedDirectory.of(file.resolve("below")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void should_not_follow_a_link_in_place_of_the_lock_file() throws IOException {
    var precious = Files.writeString(temporary.resolve("precious"), "kept");
    var state = Files.createDirectory(temporary.resolve("state"));
    Files.createSymbolicLink(state.resolve(LockedDirectory.LOCK_FILE), precious);

    assertThatThrownBy(() -> LockedDirectory.of(state)).isInstanceOf(IOException.class);

    assertThat(precious).hasContent("kept");
  }

  /// Another process that locks a directory and keeps it until it is killed.
  private static final class Holder {
    private final Process process;
    private final String said;

    private Holder(Path directory) throws IOException {
      process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-cp",
                  System.getProperty("java.class.path"),
                  LockedDirectoryTest.class.getName(),
                  directory.toString())
              .redirectErrorStream(true)
              .start();
      said = process.inputReader(StandardCharsets.UTF_8).readLine();
    }

    private String said() throws InterruptedException {
      kill();
      return said;
    }

    private void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /// Locks the directory, says how that went, and waits.
  public static void main(String[] arguments) throws Exception {
    try (var directory = LockedDirectory.of(Path.of(arguments[0]))) {
      System.out.println("locked " + directory.path());
      Thread.sleep(60_000);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
