package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What systemd hears is in SystemdIT.
class ServiceManagerTest {

  @Test
  void should_do_nothing_without_systemd() {
    var manager = ServiceManager.of(Map.of());

    assertThatCode(
            () -> {
              manager.look(List.of());
              manager.stopping();
            })
        .doesNotThrowAnyException();
  }

  @Test
  void should_go_on_where_systemd_does_not_listen(@TempDir Path directory) {
    var absent =
        Map.of("NOTIFY_SOCKET", directory.resolve("notify").toString(), "WATCHDOG_USEC", "soon");
    var tooLong = Map.of("NOTIFY_SOCKET", "/" + "n".repeat(200));

    for (var environment : List.of(absent, tooLong)) {
      assertThatCode(() -> ServiceManager.of(environment).look(List.of("no answer from Kafka")))
          .doesNotThrowAnyException();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void should_keep_of_a_long_status_what_is_waited_for_and_what_to_do() {
    var text =
        ServiceManager.text(
            List.of("User:topology lacks " + "Read on `ssh.probe`, ".repeat(50) + "; grant it"));

    assertThat(text)
        .hasSizeBetween(390, 410)
        .startsWith("waiting: User:topology lacks Read on")
        .contains(" … ")
        .endsWith("; grant it");
  }
}
