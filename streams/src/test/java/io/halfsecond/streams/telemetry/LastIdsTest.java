package io.halfsecond.streams.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.Given;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LastIdsTest {
  private static final long MINUTE = 60_000_000;

  private final LastIds ids = new LastIds();

  private static Telemetry.Id id(int number) {
    return new Telemetry.Id(Telemetry.Id.Kind.AUTHENTICATION, Given.id(number));
  }

  @Test
  void should_know_the_last_ids_of_a_quiet_host_for_however_long() {
    for (int n = 0; n < 200; n++) {
      assertThat(ids.add(id(n), n * 60L * MINUTE)).isTrue();
    }

    for (int n = 200 - LastIds.FEWEST; n < 200; n++) {
      assertThat(ids.add(id(n), 0)).as("%d", n).isFalse();
    }
  }

  @Test
  void should_know_the_ids_of_the_last_minutes_of_a_busy_host() {
    for (int n = 0; n < 1_000; n++) {
      ids.add(id(n), n * 10L * MINUTE / 500);
    }

    for (int n = 1_000 - LastIds.MOST; n < 1_000; n++) {
      assertThat(ids.add(id(n), 0)).as("%d", n).isFalse();
    }
  }

  @Test
  void should_tell_the_records_of_a_connection_apart() {
    assertThat(ids.add(new Telemetry.Id(Telemetry.Id.Kind.SESSION, Given.id(1)), 0)).isTrue();
    assertThat(ids.add(id(1), 0)).isTrue();
  }

  @Test
  void should_know_them_again_when_read_from_bytes() throws IOException {
    for (int n = 0; n < 100; n++) {
      ids.add(id(n), n * MINUTE);
    }
    var bytes = new ByteArrayOutputStream();
    ids.write(new DataOutputStream(bytes));

    var read = LastIds.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    for (int n = 100 - LastIds.FEWEST; n < 100; n++) {
      assertThat(read.add(id(n), 0)).isFalse();
    }
    assertThat(read.add(id(100), 101 * MINUTE)).isTrue();
    var again = new ByteArrayOutputStream();
    read.write(new DataOutputStream(again));
    assertThat(again.size()).isLessThanOrEqualTo(bytes.size() + Long.BYTES);
  }
}
