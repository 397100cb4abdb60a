package io.halfsecond.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.StreamsSettings.Application;
import io.halfsecond.streams.StreamsSettings.HostBounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberNameTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void should_be_the_same_after_a_restart_and_another_where_the_state_is_another() {
    var name = MemberName.of(unnamed("state"));

    assertThat(MemberName.of(unnamed("state"))).isEqualTo(name);
    assertThat(MemberName.of(unnamed("other"))).isNotEqualTo(name);
  }

  @Test
  void should_be_what_the_user_says() {
    assertThat(MemberName.of(application("state", Optional.of("pod-1")))).isEqualTo("pod-1");
  }

  @Test
  void should_be_made_anew_when_a_crash_left_it_empty() throws IOException {
    Files.createFile(directory.resolve("instance"));

    assertThat(MemberName.of(unnamed(""))).isNotEmpty().isEqualTo(MemberName.of(unnamed("")));
  }

  @Test
  void should_say_so_when_it_cannot_be_kept() throws IOException {
    Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> MemberName.of(unnamed("file/state")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the name of this instance cannot be kept");
  }

  private Application unnamed(String state) {
    return application(state, Optional.empty());
  }

  private Application application(String state, Optional<String> instance) {
    return new Application(
        "halfsecond",
        directory.resolve(state),
        1,
        1,
        0,
        Duration.ofSeconds(1),
        instance,
        HostBounds.defaults());
  }
}
