package io.halfsecond.collector.source.kernel;

import static io.halfsecond.collector.source.kernel.Goldens.golden;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcConnectorDecoderTest {
  @Test
  void should_read_each_kind_when_given_what_a_kernel_sent() {
    assertThat(ProcConnectorDecoder.decode(golden("proc-ack"), 0))
        .isEqualTo(new ProcMessage.Ack(1001, 0));
    assertThat(ProcConnectorDecoder.decode(golden("proc-fork"), 0))
        .isEqualTo(new ProcMessage.Fork(2817853148535L, 13997, 14038, 14038));
    assertThat(ProcConnectorDecoder.decode(golden("proc-thread"), 0))
        .isEqualTo(new ProcMessage.Fork(2817883580846L, 13997, 14040, 14039));
    assertThat(ProcConnectorDecoder.decode(golden("proc-exec"), 0))
        .isEqualTo(new ProcMessage.Exec(2817854299988L, 14038, 14038));
    assertThat(ProcConnectorDecoder.decode(golden("proc-uid"), 0))
        .isEqualTo(new ProcMessage.Uid(2817855463870L, 14038, 14038, 65534, 65534));
    assertThat(ProcConnectorDecoder.decode(golden("proc-sid"), 0))
        .isEqualTo(new ProcMessage.Sid(2817856671773L, 14038, 14038));
    assertThat(ProcConnectorDecoder.decode(golden("proc-exit"), 0))
        .isEqualTo(new ProcMessage.Exit(2817858165340L, 14038, 14038, 3 << 8, 13997));
    assertThat(ProcConnectorDecoder.decode(golden("proc-comm"), 0))
        .isEqualTo(new ProcMessage.Other(2817858094728L, 0x200));
  }

  @Test
  void should_agree_with_the_decoded_message_when_read_as_primitives() {
    var fork = golden("proc-fork");

    assertThat(ProcConnectorDecoder.check(fork, 0)).isEmpty();
    assertThat(ProcConnectorDecoder.what(fork, 0)).isEqualTo(ProcConnectorDecoder.WHAT_FORK);
    assertThat(ProcConnectorDecoder.tgid(fork, 0)).isEqualTo(13997);
    assertThat(ProcConnectorDecoder.childTgid(fork, 0)).isEqualTo(14038);
    assertThat(ProcConnectorDecoder.cpu(fork, 0)).isEqualTo(1);
    assertThat(ProcConnectorDecoder.sequence(fork, 0)).isEqualTo(1);
    assertThat(ProcConnectorDecoder.next(fork, 0)).isEqualTo(fork.limit());
  }

  @Test
  void should_say_malformed_when_a_message_is_cut_at_any_byte() {
    var whole = golden("proc-exit");
    for (int length = 0; length < whole.capacity(); length++) {
      whole.limit(length);

      assertThat(ProcConnectorDecoder.decode(whole, 0)).isInstanceOf(ProcMessage.Malformed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 16, 20, 32})
  void should_say_malformed_when_a_header_field_is_wrong(int offset) {
    var bytes = golden("proc-fork").putShort(offset, (short) 9);

    assertThat(ProcConnectorDecoder.decode(bytes, 0)).isInstanceOf(ProcMessage.Malformed.class);
  }

  @Test
  void should_ask_without_an_event_mask_when_listening() {
    var request =
        ByteBuffer.wrap(ProcConnectorDecoder.listenRequest(77, 1000))
            .order(ByteOrder.nativeOrder());

    assertThat(request.limit()).isEqualTo(40);
    assertThat(request.getInt(12)).isEqualTo(77);
    assertThat(request.getInt(28)).isEqualTo(1000);
    assertThat(request.getShort(32))
        .as("length of the payload: the operation alone")
        .isEqualTo((short) 4);
    assertThat(request.getInt(36)).isEqualTo(1);
  }

  @Test
  void should_never_throw_when_any_bytes_of_a_message_are_changed() {
    var random = new Random(20240329);
    for (int round = 0; round < 20_000; round++) {
      var bytes = golden(round % 2 == 0 ? "proc-fork" : "proc-exit");
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      }

      assertThat(ProcConnectorDecoder.decode(bytes, 0)).isNotNull();
    }
  }
}
