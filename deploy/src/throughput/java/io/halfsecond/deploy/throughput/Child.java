package io.halfsecond.deploy.throughput;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that is measured, by what Linux tells of it.
final class Child implements AutoCloseable {
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

  long residentBytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/%d/status".formatted(pid())))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }

  /// What of its heap is in use after a collection; -1 if it does not tell.
  long heapBytes() throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    said(jcmd, "GC.run");
    var used = java.util.regex.Pattern.compile("used (\\d+)K").matcher(said(jcmd, "GC.heap_info"));
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
    var said =
        new String(asked.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    asked.waitFor();
    return said;
  }

  /// At once, as a crash does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
