package io.halfsecond.collector.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeastOfRecentTest {
  private static final long SEED = 20240329;
  private static final long MINUTE = 60_000_000_000L;

  private record Figure(long atNanos, long value) {}

  @Test
  void should_give_the_least_of_the_last_two_minutes_and_of_the_last_five() {
    var random = new Random(SEED);
    for (int run = 0; run < 100; run++) {
      var recent = new LeastOfRecent();
      var all = new ArrayList<Figure>();
      long at = 0;
      for (int i = 0; i < 300; i++) {
        // when: bursts and pauses
        at += random.nextInt(4) == 0 ? random.nextLong(2 * MINUTE) : random.nextLong(MINUTE / 20);
        var figure = new Figure(at, random.nextLong(1000));
        all.add(figure);
        recent.add(figure.atNanos(), figure.value());

        // then
        assertThat(recent.least(1)).as("seed %d, run %d", SEED, run).hasValue(expected(all));
      }
    }
  }

  private static long expected(List<Figure> all) {
    long since = all.getLast().atNanos() - 2 * MINUTE;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).atNanos() >= since || i >= all.size() - LeastOfRecent.FEWEST) {
        least = Math.min(least, all.get(i).value());
      }
    }
    return least;
  }

  @Test
  void should_give_nothing_until_there_are_enough() {
    var recent = new LeastOfRecent();
    for (int i = 1; i < LeastOfRecent.FEWEST; i++) {
      recent.add(i, i);
      assertThat(recent.least(LeastOfRecent.FEWEST)).isEmpty();
    }

    recent.add(5, 5);

    assertThat(recent.least(LeastOfRecent.FEWEST)).hasValue(1);
  }
}
