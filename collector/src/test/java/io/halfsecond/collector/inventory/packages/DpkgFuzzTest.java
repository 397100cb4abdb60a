package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Set;

class DpkgFuzzTest {
  private static final Set<String> PACKAGES = Set.of("liblzma5:amd64", "openssh-server");

  @FuzzTest
  void should_tell_of_the_asked_packages_only(byte[] input) {
    // given
    var status = new String(input, StandardCharsets.ISO_8859_1);

    // when
    var installed = Dpkg.installed(status.lines(), PACKAGES);

    // then
    assertThat(PACKAGES).containsAll(installed.keySet());
    installed.values().forEach(found -> assertThat(status).contains("Version: " + found.version()));
  }
}
