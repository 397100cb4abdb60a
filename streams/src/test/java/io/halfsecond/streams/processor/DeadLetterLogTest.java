package io.halfsecond.streams.processor;

import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.processor.DeadLetterLog.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLetterLogTest {
  private final List<String> lines = new ArrayList<>();
  private final DeadLetterLog log = new DeadLetterLog(lines::add);

  private static Rejected rejected(String key, DeadLetterReason reason, String message) {
    return new Rejected("ssh.auth-timing", 3, 42, key, reason, message);
  }

  private static Rejected insane(String key) {
    return rejected(key, DeadLetterReason.INSANE, "startupNanos is -1");
  }

  @Test
  void should_tell_the_first_at_once_and_the_rest_once_a_minute() {
    // when
    for (int second = 0; second < 149; second++) {
      log.add(insane("web-17"), START.plusSeconds(second));
    }
    log.tell(START.plusSeconds(600));

    // then
    assertThat(lines)
        .containsExactly(
            "topic ssh.auth-timing: a record is not used (insane): startupNanos is -1; partition 3,"
                + " offset 42, key web-17. More like it are told once a minute.",
            "topic ssh.auth-timing: 59 more records were not used within a minute (insane), the"
                + " last: startupNanos is -1; keys web-17",
            "topic ssh.auth-timing: 60 more records were not used within a minute (insane), the"
                + " last: startupNanos is -1; keys web-17",
            "topic ssh.auth-timing: 29 more records were not used within a minute (insane), the"
                + " last: startupNanos is -1; keys web-17");
  }

  @Test
  void should_tell_of_each_cause_by_itself() {
    log.add(insane("web-17"), START);
    log.add(rejected("web-17", DeadLetterReason.UNREADABLE, "no Avro"), START);
    log.add(
        new Rejected("ssh.probe", 0, 1, "web-17", DeadLetterReason.INSANE, "kexNanos is -1"),
        START);

    assertThat(lines).hasSize(3).allMatch(line -> line.contains("a record is not used"));
  }

  @Test
  void should_name_some_of_many_hosts_and_no_key_that_is_no_name() {
    for (int host = 0; host < 100; host++) {
      log.add(insane("web-" + host), START);
    }
    log.add(rejected("größe-π", DeadLetterReason.WRONG_KEY, "key is not the host"), START);
    log.tell(START.plus(DeadLetterLog.EVERY));

    assertThat(lines)
        .hasSize(3)
        .anyMatch(line -> line.endsWith("keys web-1, web-2, web-3, web-4, web-5 and others"))
        .anyMatch(line -> line.contains("key (invalid)"))
        .noneMatch(line -> line.contains("π"));
  }

  @Test
  void should_write_one_line_whatever_the_message_is() {
    log.add(
        rejected("a", DeadLetterReason.UNREADABLE, "two\nlines\u001b[2J" + "x".repeat(5_000)),
        START);

    assertThat(lines).singleElement().asString().matches("[ -~…]{1,400}");
  }

  @Test
  void should_go_on_after_the_clock_was_set_back() {
    log.add(insane("web-17"), START);
    Instant before = START.minus(Duration.ofDays(1));
    log.add(insane("web-17"), before);
    log.add(insane("web-17"), before.plusSeconds(1));
    log.tell(before.plusSeconds(61));

    assertThat(lines).hasSize(3);
  }
}
