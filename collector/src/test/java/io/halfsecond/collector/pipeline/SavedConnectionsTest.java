package io.halfsecond.collector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.assembly.EarlierRun;
import io.halfsecond.collector.assembly.OpenConnection;
import io.halfsecond.collector.assembly.OpenConnection.Decision;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedConnectionsTest {
  private static final OpenConnection AUTHENTICATING =
      new OpenConnection(new ConnectionKey(1000, 5), false, Optional.empty());

  private static final OpenConnection SESSION =
      new OpenConnection(
          new ConnectionKey(999, 4),
          true,
          Optional.of(
              new Decision(
                  7, Outcome.ACCEPTED, Method.PUBLICKEY, UserClass.ROOT, Evidence.KERNEL_AND_LOG)));

  @TempDir private Path directory;

  private SavedConnections saved(String bootId) {
    return new SavedConnections(directory.resolve("state/open-connections"), bootId);
  }

  @Test
  void should_write_a_line_for_each_in_the_order_of_their_pids() {
    assertThat(SavedConnections.format("boot", List.of(AUTHENTICATING, SESSION)))
        .isEqualTo(
            """
            1 boot
            999 4 session 7 ACCEPTED PUBLICKEY ROOT KERNEL_AND_LOG
            1000 5 authentication
            """);
  }

  @Test
  void should_read_what_the_run_before_had_open_when_it_ended() {
    // given
    var before = saved("boot");
    before.start();

    // when
    before.keep(List.of(AUTHENTICATING, SESSION));
    before.keep(List.of(SESSION, AUTHENTICATING));
    before.close();

    // then
    assertThat(saved("boot").read())
        .isEqualTo(new EarlierRun(List.of(SESSION, AUTHENTICATING), true));
    assertThat(saved("another").read().sameBoot()).isFalse();
  }

  @Test
  void should_write_at_once_when_the_run_may_be_killed() throws Exception {
    // given
    var file = directory.resolve("state/open-connections");
    try (var running = saved("boot")) {
      running.start();

      // when
      running.keep(List.of(SESSION));

      // then
      await().until(() -> Files.exists(file));
      running.keep(List.of());
      await().until(() -> saved("boot").read().open().isEmpty());
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void should_keep_what_the_run_before_has_left_when_nothing_was_assembled() {
    var before = saved("boot");
    before.keep(List.of(SESSION));
    before.close();

    saved("boot").close();

    assertThat(saved("boot").read().open()).containsExactly(SESSION);
  }

  @Test
  void should_go_on_when_the_file_cannot_be_written() throws Exception {
    // given: a file in the way of the directory
    Files.writeString(directory.resolve("state"), "");
    var running = saved("boot");
    running.start();

    // when
    running.keep(List.of(SESSION));
    running.close();

    // then
    assertThat(running.read()).isEqualTo(EarlierRun.NONE);
  }

  @Test
  void should_know_nothing_when_there_is_no_file() {
    assertThat(saved("boot").read()).isEqualTo(EarlierRun.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2 boot\n",
        "1\n",
        "1 boot\n999 4\n",
        "1 boot\n999 4 asleep\n",
        "1 boot\npid 4 session\n",
        "1 boot\n999 4 session 7 ACCEPTED PUBLICKEY ROOT\n",
        "1 boot\n999 4 session 7 ACCEPTED PUBLICKEY ROOT HEARSAY\n",
        "1 boot\n\n"
      })
  void should_refuse_a_file_that_is_not_its_own(String text) throws Exception {
    assertThatThrownBy(() -> SavedConnections.parse("boot", text))
        .isInstanceOf(IllegalArgumentException.class);
    var file = Files.createDirectories(directory.resolve("state")).resolve("open-connections");
    Files.writeString(file, text);
    assertThat(saved("boot").read()).isEqualTo(EarlierRun.NONE);
  }
}
