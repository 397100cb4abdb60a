package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class RpmFuzzTest {
  @FuzzTest
  void should_quote_what_rpm_printed(byte[] input) {
    // given
    var printed = new String(input, StandardCharsets.ISO_8859_1);

    // when
    var installed = Rpm.parse(printed);

    // then
    installed.ifPresent(
        found -> {
          assertThat(printed)
              .contains("halfsecond\t%s\t%s\t".formatted(found.name(), found.version()));
          assertThat(found.at()).isAfterOrEqualTo(InstalledPackage.NONE.at());
        });
  }
}
