package io.halfsecond.collector.source.kernel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Runs the committed inputs; with `JAZZER_FUZZ=1` in the environment, looks for more.
class NetlinkDecodersFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void should_never_throw_when_fed_any_process_event(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int at = 0;
    while (ProcConnectorDecoder.check(buffer, at).isEmpty()) {
      ProcConnectorDecoder.decode(buffer, at);
      at = ProcConnectorDecoder.next(buffer, at);
    }
    if (!(ProcConnectorDecoder.decode(buffer, at) instanceof ProcMessage.Malformed)) {
      throw new AssertionError("check() and decode() differ at " + at);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void should_never_throw_when_fed_any_taskstats(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int process = TaskstatsDecoder.process(buffer, 31);
    if (TaskstatsDecoder.decode(buffer, 31) instanceof TaskstatsMessage.TaskExit ended
        && process != -1
        && process != (ended.tgid() == 0 ? ended.pid() : ended.tgid())) {
      throw new AssertionError("process() and decode() differ");
    }
  }
}
