package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnFileTest {
  private static final int NOBODY = 65_534;

  @TempDir private Path directory;

  @Test
  void should_read_what_it_wrote_and_nothing_where_there_is_none() throws IOException {
    var file = directory.resolve("position");

    assertThat(OwnFile.read(file)).isEmpty();
    OwnFile.replace(file, "first, and longer".getBytes(UTF_8), true);
    OwnFile.replace(file, "second".getBytes(UTF_8), false);

    assertThat(OwnFile.read(file)).contains("second".getBytes(UTF_8));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory).isDirectoryContaining(file::equals);
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void should_follow_no_link_to_read_or_to_write() throws IOException {
    var victim = Files.writeString(directory.resolve("victim"), "as it was");
    var link = Files.createSymbolicLink(directory.resolve("position"), victim);

    assertThatThrownBy(() -> OwnFile.read(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a symbolic link")
        .hasMessageEndingWith("rm " + link);
    OwnFile.replace(link, "mine".getBytes(UTF_8), false);

    assertThat(victim).hasContent("as it was");
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(link).hasContent("mine");
  }

  @Test
  void should_follow_no_link_that_dangles() throws IOException {
    var link =
        Files.createSymbolicLink(directory.resolve("position"), directory.resolve("elsewhere"));

    assertThatThrownBy(() -> OwnFile.read(link)).hasMessageContaining("is a symbolic link");
    assertThatThrownBy(() -> OwnFile.create(link, new byte[1], false))
        .isInstanceOf(IOException.class);
    assertThat(directory.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void should_use_a_name_that_nobody_can_guess() {
    var file = directory.resolve("position");

    assertThat(OwnFile.beside(file)).isNotEqualTo(OwnFile.beside(file));
    assertThat(OwnFile.beside(file).getFileName().toString()).matches("\\.position\\.[0-9a-f]{16}");
  }

  @Test
  void should_refuse_what_every_user_may_change() throws IOException {
    var file = Files.writeString(directory.resolve("position"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));

    assertThatThrownBy(() -> OwnFile.read(file))
        .hasMessage("%s has mode 0646: other users may change it: chmod go-w %s", file, file);
  }

  /// A user who is not root gets volumes that a group may write to.
  @ParameterizedTest
  @CsvSource({"0, 1000, rw-rw----, false", "0, 0, rw-rw----, true", "65534, 0, rw-------, false"})
  void should_refuse_root_what_others_could_have_written(
      int owner, int group, String mode, boolean taken) throws IOException {
    assumeTrue(OwnFile.ownUid().orElse(-1) == 0, "needs root, to give files away");
    var file = Files.writeString(directory.resolve("key"), "x");
    Files.setAttribute(file, "unix:uid", owner);
    Files.setAttribute(file, "unix:gid", group);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    if (taken) {
      assertThatCode(() -> OwnFile.read(file)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> OwnFile.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(owner == NOBODY ? "chown 0 " : "chmod go-w ");
    }
  }
}
