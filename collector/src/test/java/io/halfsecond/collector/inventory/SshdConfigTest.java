package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshdConfigTest {
  @TempDir private Path ssh = Path.of("/");
  private Path dropIns = Path.of("/");

  @BeforeEach
  void make() throws IOException {
    dropIns = Files.createDirectory(ssh.resolve("sshd_config.d"));
  }

  @Test
  void should_be_the_hash_of_a_file_that_includes_none() throws Exception {
    assertThat(digest("PermitRootLogin no\n")).isEqualTo(sha256("PermitRootLogin no\n"));
    assertThat(digest("Include sshd_config.d/*.conf\n"))
        .isEqualTo(sha256("Include sshd_config.d/*.conf\n"));
  }

  @Test
  void should_follow_includes_in_sshds_order() throws Exception {
    // given
    var absolute = write("other", "X11Forwarding no\n");
    write("sshd_config.d/B.conf", "two\n");
    write("sshd_config.d/10-a.conf", "one\nInclude nested\n");
    write("sshd_config.d/a.conf", "three\n");
    write("sshd_config.d/.hidden.conf", "never\n");
    write("sshd_config.d/a.conf.dpkg-old", "never\n");
    write("nested", "nested\n");
    var main =
        "# Include nothing\n  include=\"sshd_config.d/*.conf\" %s # the rest\nMatch all\n INCLUDE sshd_config.d/[!B]*.conf\n"
            .formatted(absolute);

    // when, then: the second pattern finds two of the files again
    assertThat(digest(main))
        .isEqualTo(
            sha256(
                main
                    + "one\nInclude nested\n"
                    + "nested\n"
                    + "two\n"
                    + "three\n"
                    + "X11Forwarding no\n"
                    + "one\nInclude nested\n"
                    + "three\n"));
  }

  @Test
  void should_end_when_a_file_includes_itself() throws Exception {
    write("sshd_config.d/a.conf", "Include sshd_config.d/*.conf\n");

    assertThat(digest("Include sshd_config.d/*.conf\n"))
        .isEqualTo(sha256("Include sshd_config.d/*.conf\nInclude sshd_config.d/*.conf\n"));
  }

  @Test
  void should_not_go_deeper_than_sshd() throws Exception {
    var read = new StringBuilder("Include 1\n");
    for (int i = 1; i <= 20; i++) {
      var text = "Include %d\n".formatted(i + 1);
      write(Integer.toString(i), text);
      read.append(i <= 16 ? text : "");
    }

    assertThat(digest("Include 1\n")).isEqualTo(sha256(read.toString()));
  }

  @Test
  void should_see_that_a_file_changes_which_cannot_be_read() throws Exception {
    // given: a directory cannot be read as a file, by root neither
    var unreadable = Files.createDirectory(dropIns.resolve("a.conf"));
    var before = digest("Include sshd_config.d/*.conf\n");

    // when
    Files.createFile(unreadable.resolve("anything"));

    // then
    assertThat(digest("Include sshd_config.d/*.conf\n")).isNotEqualTo(before).hasSize(64);
    assertThat(
            new SshdConfig(ssh, new FileDependencies(), ReadPacing.FAST)
                .sha256(ssh.resolve("gone")))
        .isEmpty();
  }

  @Test
  void should_watch_what_it_read_and_where_more_could_come() throws Exception {
    // given
    write("sshd_config.d/a.conf", "one\n");
    var dependencies = new FileDependencies();
    write("sshd_config", "Include sshd_config.d/*.conf\n");
    new SshdConfig(ssh, dependencies, ReadPacing.FAST).sha256(ssh.resolve("sshd_config"));
    assertThat(dependencies.changed()).isFalse();

    // when
    write("sshd_config.d/b.conf", "two\n");

    // then
    assertThat(dependencies.changed()).isTrue();
  }

  @Test
  void should_read_words_as_sshd_does() {
    assertThat(SshdConfig.patterns("Include a \"b c\" 'd' # e"))
        .isEqualTo(List.of("a", "b c", "d"));
    assertThat(SshdConfig.patterns("\tinclude = /etc/x/*.conf"))
        .isEqualTo(List.of("/etc/x/*.conf"));
    assertThat(SshdConfig.patterns("IncludeAll a")).isEmpty();
    assertThat(SshdConfig.patterns("#Include a")).isEmpty();
    assertThat(SshdConfig.patterns("Include")).isEmpty();
  }

  private String digest(String main) throws Exception {
    return new SshdConfig(ssh, new FileDependencies(), ReadPacing.FAST)
        .sha256(write("sshd_config", main));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(ssh.resolve(name), text);
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
