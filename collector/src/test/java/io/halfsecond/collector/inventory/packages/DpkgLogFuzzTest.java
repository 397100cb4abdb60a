package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.inventory.host.ReadPacing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

class DpkgLogFuzzTest {
  private static final Set<String> PACKAGES = Set.of("liblzma5:amd64", "openssh-server");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final DpkgLog LOG = new DpkgLog(List.of(), ZONE, ReadPacing.FAST);

  @FuzzTest
  void should_give_times_of_the_log_only(byte[] input) {
    // given
    var log = new String(input, StandardCharsets.ISO_8859_1);

    // when
    var changes = LOG.changes(log.lines(), PACKAGES);

    // then
    changes.forEach(
        (listed, change) -> {
          assertThat(PACKAGES).contains(listed);
          assertThat(log).contains("%04d-".formatted(change.at().atZone(ZONE).getYear()));
          var held = change.heldAgainst(Instant.parse("2024-03-29T12:00:00Z"));
          assertThat(Duration.between(change.at(), held).abs()).isLessThan(Duration.ofHours(27));
        });
  }
}
