package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcFsFuzzTest {
  private static final int PID = 42;
  private static final int FILE_BYTES = 8192;

  @TempDir static Path root = Path.of("");

  @SuppressWarnings("NullAway.Init") // openProc sets it
  private static ProcFs proc;

  @BeforeAll
  static void openProc() throws IOException {
    var directory = Files.createDirectory(root.resolve(Integer.toString(PID)));
    // One file under all names, which each reader has to bear.
    for (var name : Set.of("stat", "schedstat", "status", "cmdline", "comm")) {
      Files.createSymbolicLink(directory.resolve(name), root.resolve("uptime"));
    }
    proc = new ProcFs(root, Set.of("sshd"));
  }

  @AfterAll
  static void closeProc() {
    proc.close();
  }

  @FuzzTest
  void should_quote_the_files_of_a_process(byte[] input) throws IOException {
    // given
    Files.write(root.resolve("uptime"), input);
    var text = new String(input, StandardCharsets.UTF_8);

    // when
    var process = proc.process(PID);
    var usage = proc.usage(PID);
    var comm = proc.comm(PID);
    var arguments = proc.commandLine(PID).arguments();

    // then
    process.ifPresent(
        running -> {
          assertThat(running.pid()).isEqualTo(PID);
          assertThat(text).contains("(" + running.comm() + ")");
        });
    usage.ifPresent(used -> assertThat(used.cpuNanos()).isNotNegative());
    assertThat(comm.length()).isLessThanOrEqualTo(FILE_BYTES);
    assertThat(arguments.stream().mapToInt(String::length).sum()).isLessThanOrEqualTo(FILE_BYTES);
    if (proc.name(PID) == ProcFs.Name.LISTENER) {
      assertThat(text).isEqualTo("sshd\n");
    }
    if (proc.runsAsRoot(PID)) {
      assertThat(text).contains("Uid:\t0\t0\t");
    }
    assertThat(proc.uptimeNanos()).isNotNull();
  }
}
