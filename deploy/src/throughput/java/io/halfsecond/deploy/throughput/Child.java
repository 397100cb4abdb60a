package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.ops.ProcessFigures;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A process that is measured, by what Linux tells of it.
final class Child implements AutoCloseable {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final double TICKS_PER_SECOND = 100;
  private static final int AFTER_NAME_USER_TIME = 11;

  private final Process process;

  private Child(Process process) {
    this.process = process;
  }

  /// @param log gets what it says
  static Child start(Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    var builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return new Child(builder.redirectOutput(Redirect.appendTo(log.toFile())).start());
  }

  /// One whose output is read.
  static Child talking(List<String> command) throws IOException {
    return new Child(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /// What it has said first.
  String line() throws IOException {
    return process.inputReader().readLine();
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// User and system time so far.
  double cpuSeconds() throws IOException {
    var stat = Files.readString(Path.of("/proc/%d/stat".formatted(pid())));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[AFTER_NAME_USER_TIME])
            + Long.parseLong(fields[AFTER_NAME_USER_TIME + 1]))
        / TICKS_PER_SECOND;
  }

  long residentBytes() {
    return ProcessFigures.residentBytes(pid());
  }

  /// What of its heap is in use after a collection; -1 if it does not tell.
  long heapBytes() throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    said(jcmd, "GC.run");
    var used = USED.matcher(said(jcmd, "GC.heap_info"));
    long bytes = 0;
    // Of the young and the old generation; metaspace follows.
    for (int n = 0; n < 2; n++) {
      if (!used.find()) {
        return -1;
      }
      bytes += Long.parseLong(used.group(1)) * 1024;
    }
    return bytes;
  }

  private String said(String jcmd, String command) throws IOException, InterruptedException {
    var asked =
        new ProcessBuilder(jcmd, Long.toString(pid()), command).redirectErrorStream(true).start();
    var said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    return said;
  }

  /// At once, as a crash does.
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 60, TimeUnit.SECONDS).join();
    if (process.isAlive()) {
      kill();
    }
  }
}
