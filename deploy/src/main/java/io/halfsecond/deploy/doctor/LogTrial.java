package io.halfsecond.deploy.doctor;

import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogSample;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Whether a log has a line of sshd's that was not there before. sshd logs one of every connection
/// that leaves without a word, at the default LogLevel and at ERROR.
final class LogTrial {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MOST_BYTES = 1 << 20;

  private final BooleanSupplier newLine;

  private LogTrial(BooleanSupplier newLine) {
    this.newLine = newLine;
  }

  /// Of a file, from now on.
  static LogTrial of(Path file) {
    long before = size(file);
    return new LogTrial(
        () -> {
          // A smaller file was rotated.
          long size = size(file);
          return LogSample.hasSshd(lines(file, size < before ? 0 : before), calendar());
        });
  }

  /// Of the journal of this host, from now on.
  static LogTrial ofJournal() {
    var since = "@" + Instant.now().getEpochSecond();
    return new LogTrial(() -> !journal(since).isEmpty());
  }

  /// Waits for the line, for a few seconds at most.
  boolean arrives() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!newLine.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL);
    }
    return true;
  }

  static LogCalendar calendar() {
    return LogCalendar.of(ZoneId.systemDefault(), Instant.now());
  }

  /// Whole lines from there on, but no more than a MiB.
  static List<String> lines(Path file, long from) {
    try (var input = new RandomAccessFile(file.toFile(), "r")) {
      input.seek(from);
      var bytes = new byte[Math.clamp(input.length() - from, 0, MOST_BYTES)];
      input.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException _) {
      return 0;
    }
  }

  private static String journal(String since) {
    var command =
        new ArrayList<>(List.of("journalctl", "-q", "-n", "1", "-o", "json", "--since", since));
    SshdPrograms.NAMES.forEach(name -> command.add("SYSLOG_IDENTIFIER=" + name));
    command.add("+");
    SshdPrograms.NAMES.forEach(name -> command.add("_COMM=" + name));
    try {
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try {
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        return text.strip();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException _) {
      return "";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
