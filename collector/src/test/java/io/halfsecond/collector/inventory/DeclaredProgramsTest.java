package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclaredProgramsTest {
  @TempDir private Path directory = Path.of("unset");

  @Test
  void should_find_what_sshd_and_pam_name_wherever_it_is() throws IOException {
    // given
    var pam = Files.createDirectory(directory.resolve("pam.d"));
    Files.writeString(
        pam.resolve("sshd"),
        """
        # session optional pam_exec.so /not/this
        @include common-auth
        account include other
        auth required pam_unix.so nullok
        """);
    Files.writeString(
        pam.resolve("common-auth"),
        """
        auth [default=ignore] pam_exec.so quiet expose_authtok \\
          /usr/local/bin/check --now
        """);
    Files.writeString(
        pam.resolve("other"),
        """
        session substack sshd
        auth sufficient pam_exec.so /o
        """);
    var included = Files.writeString(directory.resolve("more"), "authorizedprincipalscommand=/p\n");
    var config =
        Files.writeString(
            directory.resolve("sshd_config"),
            """
            #AuthorizedKeysCommand /not/this/either
            Include %s
            Match User carol
              AuthorizedKeysCommand "/bin/keys" %%u
            """
                .formatted(included));

    // when, then
    assertThat(DeclaredPrograms.of(List.of(Optional.of(config.toString())), pam))
        .contains("/bin/keys", "/p", "/usr/local/bin/check", "/o")
        .noneMatch(path -> path.startsWith("/not"));
  }

  @Test
  void should_know_none_where_there_is_no_configuration() {
    assertThat(
            DeclaredPrograms.of(
                List.of(Optional.of("/no/such/file")), directory.resolve("nothing")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"LogLevel ERROR", "  loglevel=quiet", "LogLevel \"FATAL\"", "\"LogLevel\" Error"})
  void should_see_that_sshd_may_log_less(String line) {
    assertThat(SshdLogLevels.isLess(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"LogLevel INFO", "LogLevel VERBOSE", "#LogLevel ERROR", "X LogLevel ERROR"})
  void should_see_that_sshd_logs_logins(String line) {
    assertThat(SshdLogLevels.isLess(line)).isFalse();
  }
}
