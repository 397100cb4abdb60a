package io.halfsecond.deploy.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.RecordJson;
import java.nio.charset.StandardCharsets;

class FingerprintJsonFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @FuzzTest
  void should_read_and_show_a_fingerprint_or_refuse_it(byte[] input)
      throws JsonProcessingException {
    // when
    HostFingerprint fingerprint;
    try {
      fingerprint =
          RecordJson.read(
              HostFingerprint.class, JSON.readTree(new String(input, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException | JsonProcessingException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
      return;
    }

    // then
    assertThat(
            RecordJson.read(
                HostFingerprint.class, JSON.readTree(RecordJson.of(fingerprint).toString())))
        .isEqualTo(fingerprint);
    assertThat(FingerprintDiff.of(fingerprint, fingerprint)).isEmpty();
    assertThat(FingerprintSbom.of(fingerprint)).isNotNull();
    assertThat(FingerprintText.of(fingerprint))
        .allSatisfy(line -> assertThat(line.codePoints()).noneMatch(Character::isISOControl));
  }
}
