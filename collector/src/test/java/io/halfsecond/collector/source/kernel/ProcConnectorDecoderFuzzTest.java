package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class ProcConnectorDecoderFuzzTest {
  @FuzzTest
  void should_decode_what_it_has_checked(byte[] input) {
    var buffer = ByteBuffer.wrap(input).order(ByteOrder.nativeOrder());
    int at = 0;
    while (ProcConnectorDecoder.check(buffer, at).isEmpty()) {
      assertThat(ProcConnectorDecoder.decode(buffer, at))
          .isNotInstanceOf(ProcMessage.Malformed.class);
      int next = ProcConnectorDecoder.next(buffer, at);
      assertThat(next).isGreaterThanOrEqualTo(at + ProcConnectorDecoder.MESSAGE_BYTES);
      at = next;
    }
    assertThat(ProcConnectorDecoder.decode(buffer, at)).isInstanceOf(ProcMessage.Malformed.class);
  }
}
