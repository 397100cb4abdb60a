package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
  @TempDir private Path directory = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void create() throws IOException {
    file = directory.resolve("secret");
    SecretFile.create(file, "hush\n".getBytes(UTF_8));
  }

  private void mode(String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void should_write_files_that_only_their_owner_may_read() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SecretFile.text(file)).isEqualTo("hush");
    assertThatThrownBy(() -> SecretFile.create(file, new byte[0]))
        .isInstanceOf(FileAlreadyExistsException.class);

    SecretFile.replace(file, "new".getBytes(UTF_8));

    assertThat(SecretFile.text(file)).isEqualTo("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x", "r--rwxrwx"})
  void should_refuse_a_file_that_others_may_use_and_say_how_to_mend_it(String permissions)
      throws IOException {
    mode(permissions);

    assertThatThrownBy(() -> SecretFile.bytes(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void should_read_a_file_that_is_its_owners_alone(String permissions) throws IOException {
    mode(permissions);

    assertThat(SecretFile.text(file)).isEqualTo("hush");
  }

  @Test
  void should_take_a_credential_of_the_service_manager_whose_list_shows_as_a_group()
      throws IOException {
    mode("r--r-----");

    assertThatCode(
            () ->
                SecretFile.requirePrivate(
                    file, Map.of("CREDENTIALS_DIRECTORY", directory.toString())))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                SecretFile.requirePrivate(
                    file, Map.of("CREDENTIALS_DIRECTORY", directory.resolve("other").toString())))
        .hasMessageContaining("mode 0440");
  }

  @Test
  void should_leave_it_to_the_service_manager_who_reads_the_credentials_of_other_services() {
    assertThatCode(
            () ->
                SecretFile.requirePrivate(Path.of("/run/credentials/other.service/none"), Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void should_refuse_a_file_of_another_user() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a file away");
    Files.setAttribute(file, "unix:uid", 65_534);

    assertThatThrownBy(() -> SecretFile.bytes(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to uid 65534")
        .hasMessageContaining("chown 0 " + file);
  }
}
