package io.halfsecond.collector.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ChildUsageTest {
  @Test
  void should_count_what_a_child_used_once_it_was_waited_for() throws Exception {
    var before = ChildUsage.now();

    var child =
        new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").start();

    assertThat(child.waitFor()).isZero();
    var used = ChildUsage.now().since(before);
    assertThat(used.cpuNanos()).isBetween(1_000_000L, 10_000_000_000L);
  }
}
