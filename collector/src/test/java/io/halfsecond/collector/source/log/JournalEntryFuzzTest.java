package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class JournalEntryFuzzTest {
  @FuzzTest
  void should_quote_the_entry(byte[] input) {
    // when
    var parsed = JournalEntry.parse(input);

    // then
    parsed.ifPresent(
        entry -> {
          assertThat(entry.monotonicMicros()).isNotNegative();
          entry
              .realtimeMicros()
              .ifPresent(micros -> assertThat(LogFormat.instant(micros)).isNotNull());
          entry.pid().ifPresent(pid -> assertThat(pid).isNotNegative());
          entry.uid().ifPresent(uid -> assertThat(uid).isNotNegative());
          entry
              .suppression()
              .ifPresent(
                  suppression -> assertThat(suppression.count()).isBetween(0L, 1_000_000_000L));
          int characters =
              entry.cursor().length()
                  + entry.bootId().length()
                  + entry.host().orElse("").length()
                  + entry.program().orElse("").length()
                  + entry.message().orElse("").length();
          assertThat(characters).isLessThanOrEqualTo(input.length);
        });
  }
}
