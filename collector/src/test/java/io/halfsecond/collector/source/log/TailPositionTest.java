package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Sha256;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailPositionTest {
  @Test
  void should_come_back_when_written_and_read() {
    // given
    var position =
        new TailPosition(
            Path.of("/var/log/a file"),
            "64768:131",
            4_294_967_296L,
            256,
            Sha256.hex(new byte[256]));

    // when
    var back = TailPosition.fromText(position.toText());

    // then
    assertThat(back).contains(position);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1 64768:131 5",
        "2 1:2 5 5 00 /f",
        "1 1:2 five 5 00 /f",
        "1 1:2 5 999 00 /f",
        "1 1:2 4 5 00 /f",
        "1 1:2 5 -1 00 /f",
        "1 1:2 5 5 00 /f\u0000"
      })
  void should_be_absent_when_the_text_is_damaged(String text) {
    assertThat(TailPosition.fromText(text)).isEmpty();
  }
}
