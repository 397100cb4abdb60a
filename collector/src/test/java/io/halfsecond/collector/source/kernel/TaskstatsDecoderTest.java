package io.halfsecond.collector.source.kernel;

import static io.halfsecond.collector.source.kernel.Goldens.golden;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.source.kernel.TaskstatsMessage.Ending;
import io.halfsecond.collector.source.kernel.TaskstatsMessage.TaskExit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskstatsDecoderTest {
  private static final int FAMILY = 31;
  private static final int STATS = 36;

  @Test
  void should_read_a_process_when_it_had_one_thread() {
    var bytes = golden("taskstats-v16-process");

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isInstanceOfSatisfying(
            TaskExit.class,
            ended -> {
              assertThat(ended.version()).isEqualTo(16);
              assertThat(ended.pid()).isEqualTo(14038);
              assertThat(ended.tgid()).isEqualTo(14038);
              assertThat(ended.ending()).isEqualTo(Ending.PROCESS);
              assertThat(ended.usage().cpuNanos()).isEqualTo(2_480_411);
              assertThat(ended.usage().minorFaults()).isPositive();
              assertThat(ended.group()).isEmpty();
            });
    assertThat(TaskstatsDecoder.process(bytes, FAMILY)).isEqualTo(14038);
  }

  @Test
  void should_name_the_process_when_one_of_its_threads_ended() {
    var bytes = golden("taskstats-v16-thread");

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isInstanceOfSatisfying(
            TaskExit.class,
            ended -> {
              assertThat(ended.pid()).isEqualTo(14040);
              assertThat(ended.tgid()).isEqualTo(14039);
              assertThat(ended.ending()).isEqualTo(Ending.THREAD);
            });
    assertThat(TaskstatsDecoder.process(bytes, FAMILY)).isEqualTo(14039);
  }

  @Test
  void should_give_the_totals_of_all_threads_when_the_last_one_ended() {
    var bytes = golden("taskstats-v16-group");

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isInstanceOfSatisfying(
            TaskExit.class,
            ended -> {
              assertThat(ended.tgid()).isEqualTo(14039);
              assertThat(ended.ending()).isEqualTo(Ending.PROCESS);
              assertThat(ended.usage().cpuNanos()).isEqualTo(27_322_214);
              assertThat(ended.group().orElseThrow().cpuNanos())
                  .isEqualTo(27_322_214 + 102_029 + 100_841);
            });
    assertThat(TaskstatsDecoder.process(bytes, FAMILY)).isEqualTo(14039);
  }

  @Test
  void should_take_the_task_s_layout_for_the_group_when_the_group_has_no_version() {
    var bytes = golden("taskstats-v16-group");
    bytes.putShort(GROUP_STATS, (short) 0);

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isInstanceOfSatisfying(
            TaskExit.class,
            ended -> assertThat(ended.group().orElseThrow().cpuNanos()).isEqualTo(27_525_084));
  }

  private static final int GROUP_STATS = 20 + 576 + 16;

  /// Sizes and offsets of the versions' structures, from linux/taskstats.h.
  @ParameterizedTest
  @CsvSource({
    "8, 328, 0, 0",
    "9, 344, 0, 0",
    "10, 352, 0, 0",
    "11, 368, 0, 0",
    "12, 400, 0, 368",
    "13, 416, 0, 368",
    "14, 432, 0, 368",
    "15, 560, 48, 464",
    "16, 560, 0, 368",
    "17, 700, 0, 368"
  })
  void should_find_every_field_when_given_any_version(
      int version, int size, int shift, int tgidAt) {
    var bytes = record(version, size, shift, tgidAt);

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isEqualTo(
            new TaskExit(
                version,
                4711,
                tgidAt == 0 ? 0 : 4700,
                tgidAt == 0 ? Ending.UNKNOWN : Ending.PROCESS,
                new Usage(8_000_000_000L, 3_000_000, 750),
                Optional.empty(),
                tgidAt == 0
                    ? Optional.empty()
                    : Optional.of(new RanProgram("sshd-session", 0xfd01, 1L << 40, 65534))));
    int process = TaskstatsDecoder.process(bytes, FAMILY);
    assertThat(process).isIn(-1, tgidAt == 0 ? 4711 : 4700);
  }

  @Test
  void should_reject_a_record_when_its_layout_is_not_its_version_s() {
    assertThat(TaskstatsDecoder.decode(record(16, 560, 48, 464), FAMILY))
        .isEqualTo(new TaskstatsMessage.Malformed("layout differs from taskstats version 16"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void should_reject_a_record_when_its_version_is_older_than_any_supported(int version) {
    assertThat(TaskstatsDecoder.decode(record(version, 328, 0, 0), FAMILY))
        .isEqualTo(new TaskstatsMessage.Malformed("taskstats version " + version));
  }

  @Test
  void should_reject_figures_when_they_pass_63_bits() {
    var bytes = record(14, 432, 0, 368).putLong(STATS + 72, -1);

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isInstanceOf(TaskstatsMessage.Malformed.class);
  }

  @Test
  void should_reject_the_whole_when_the_group_s_attribute_is_broken() {
    var bytes = golden("taskstats-v16-group").putShort(20 + 576, (short) -1);

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY))
        .isEqualTo(new TaskstatsMessage.Malformed("attribute longer than its message"));
  }

  @Test
  void should_read_the_family_s_number_when_the_controller_answers() {
    assertThat(TaskstatsDecoder.decode(golden("family"), -1))
        .isEqualTo(new TaskstatsMessage.Family(31));
  }

  @Test
  void should_read_the_error_when_a_request_is_refused() {
    var bytes =
        ByteBuffer.allocate(36)
            .order(ByteOrder.nativeOrder())
            .putInt(0, 36)
            .putShort(4, (short) 2)
            .putInt(8, 6)
            .putInt(16, -1);

    assertThat(TaskstatsDecoder.decode(bytes, FAMILY)).isEqualTo(new TaskstatsMessage.Answer(6, 1));
  }

  @Test
  void should_say_malformed_when_a_record_is_cut_at_any_byte() {
    var whole = golden("taskstats-v16-group");
    for (int length = 0; length < whole.capacity(); length++) {
      whole.limit(length);

      assertThat(TaskstatsDecoder.decode(whole, FAMILY))
          .isInstanceOf(TaskstatsMessage.Malformed.class);
    }
  }

  @Test
  void should_never_throw_and_agree_with_the_short_way_when_any_bytes_are_changed() {
    var random = new Random(20240329);
    for (int round = 0; round < 20_000; round++) {
      var bytes = golden(round % 2 == 0 ? "taskstats-v16-group" : "taskstats-v16-process");
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        bytes.put(random.nextInt(80), (byte) random.nextInt());
      }

      int process = TaskstatsDecoder.process(bytes, FAMILY);
      if (TaskstatsDecoder.decode(bytes, FAMILY) instanceof TaskExit ended && process != -1) {
        assertThat(process).isEqualTo(ended.tgid() == 0 ? ended.pid() : ended.tgid());
      }
    }
  }

  private static ByteBuffer record(int version, int size, int shift, int tgidAt) {
    int length = STATS + size;
    var bytes =
        ByteBuffer.allocate(length)
            .order(ByteOrder.nativeOrder())
            .putInt(0, length)
            .putShort(4, (short) FAMILY)
            .put(16, (byte) 2)
            .putShort(20, (short) (length - 20))
            .putShort(22, (short) 4)
            .putShort(24, (short) 8)
            .putShort(26, (short) 1)
            .putInt(28, 4711)
            .putShort(32, (short) (4 + size))
            .putShort(34, (short) 3)
            .putShort(STATS, (short) version)
            .put(STATS + 8, (byte) 0x20)
            .putLong(STATS + 24, 3_000_000)
            .putLong(STATS + 72 + shift, 8_000_000_000L)
            .putInt(STATS + 128 + shift, 4711)
            .putLong(STATS + 168 + shift, 750);
    bytes.putInt(STATS + 120 + shift, 65534);
    bytes.put(STATS + 80 + shift, "sshd-session\0rest".getBytes(StandardCharsets.US_ASCII));
    return tgidAt == 0
        ? bytes
        : bytes
            .putInt(STATS + tgidAt, 4700)
            .putLong(STATS + tgidAt + 16, 0xfd01)
            .putLong(STATS + tgidAt + 24, 1L << 40);
  }
}
