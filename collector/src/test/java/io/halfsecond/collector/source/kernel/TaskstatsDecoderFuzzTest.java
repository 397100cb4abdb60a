package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class TaskstatsDecoderFuzzTest {
  private static final int FAMILY = 31;

  @FuzzTest
  void should_name_the_process_that_it_decodes(byte[] input) {
    // given
    var buffer = ByteBuffer.wrap(input).order(ByteOrder.nativeOrder());

    // when
    int process = TaskstatsDecoder.process(buffer, FAMILY);
    var message = TaskstatsDecoder.decode(buffer, FAMILY);

    // then
    if (message instanceof TaskstatsMessage.TaskExit ended) {
      assertThat(ended.pid()).isPositive();
      assertThat(ended.tgid()).isNotNegative();
      assertThat(process).isIn(-1, ended.tgid() == 0 ? ended.pid() : ended.tgid());
    }
  }
}
