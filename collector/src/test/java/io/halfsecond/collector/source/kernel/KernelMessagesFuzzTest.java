package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class KernelMessagesFuzzTest {
  private static final int FAMILY = 31;
  private static final int LISTENER = 100;

  @TempDir static Path root = Path.of("");

  @SuppressWarnings("NullAway.Init") // openProc sets it
  private static ProcFs proc;

  @BeforeAll
  static void openProc() throws IOException {
    process(LISTENER, 1, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    process(200, LISTENER, "sshd: [accepted]");
    proc = new ProcFs(root, Set.of("sshd"));
  }

  @AfterAll
  static void closeProc() {
    proc.close();
  }

  private static void process(int pid, int parent, String title) throws IOException {
    var directory = Files.createDirectories(root.resolve(Integer.toString(pid)));
    Files.writeString(directory.resolve("comm"), "sshd\n");
    Files.writeString(directory.resolve("cmdline"), title);
    Files.writeString(directory.resolve("status"), "Uid:\t0\t0\t0\t0\n");
    Files.writeString(directory.resolve("schedstat"), "100 10 1\n");
    Files.writeString(
        directory.resolve("stat"),
        "%d (sshd) S %d 1 1 0 -1 0 7 0 0 0 1 2 0 0 20 0 1 0 10 16 3\n".formatted(pid, parent));
  }

  /// @param input datagrams, each after a byte that says what it is and its length in two bytes
  @FuzzTest
  void should_account_for_every_message(byte[] input) {
    // given
    var meter = new SourceMeter();
    var taken = new long[1];
    var refusing = new boolean[1];
    var output =
        new EventOutput(
            _ -> {
              taken[0] += refusing[0] ? 0 : 1;
              return !refusing[0];
            },
            meter);
    var tree = new ProcessTree(proc, Set.of("sshd"), "", 2, () -> 0);
    var messages = new KernelMessages(tree, output, meter, new StartCheck(1), () -> 0);
    messages.onScanned(
        List.of(
            new ProcFs.Running(LISTENER, 1, LISTENER, "sshd", 10),
            new ProcFs.Running(200, LISTENER, 200, "sshd", 20)),
        1_000_000_000,
        0);

    // when
    var in = ByteBuffer.wrap(input).order(ByteOrder.nativeOrder());
    while (in.remaining() >= 3) {
      int kind = in.get();
      int length = Math.min(Short.toUnsignedInt(in.getShort()), in.remaining());
      var datagram = in.slice(in.position(), length).order(ByteOrder.nativeOrder());
      in.position(in.position() + length);
      refusing[0] = (kind & 8) != 0;
      switch (kind & 7) {
        case 0, 1, 2 -> messages.onEvents(datagram);
        case 3, 4 -> messages.onRecord(datagram, FAMILY);
        case 5 -> messages.onUnreadable();
        case 6 -> messages.onOverflow();
        default -> {
          messages.takeLost();
          messages.repeatListeners();
        }
      }
    }

    // then
    long dropped = Stream.of(Reason.values()).mapToLong(meter::droppedCount).sum();
    assertThat(meter.readCount()).isEqualTo(taken[0] + dropped);
    assertThat(meter.lostCount()).isNotNegative();
  }
}
