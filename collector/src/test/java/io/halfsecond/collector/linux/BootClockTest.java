package io.halfsecond.collector.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class BootClockTest {
  @Test
  void should_agree_with_what_the_kernel_says_to_the_second() throws Exception {
    var btime =
        Files.readAllLines(Path.of("/proc/stat")).stream()
            .filter(line -> line.startsWith("btime "))
            .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring("btime ".length()))))
            .findFirst();

    assertThat(BootClock.bootedAt(InstantSource.system()))
        .isCloseTo(btime.orElseThrow(), within(2, ChronoUnit.SECONDS));
  }

  @Test
  void should_be_the_same_each_time() throws Exception {
    assertThat(BootClock.bootedAt(InstantSource.system()))
        .isCloseTo(BootClock.bootedAt(InstantSource.system()), within(5, ChronoUnit.MILLIS));
  }
}
