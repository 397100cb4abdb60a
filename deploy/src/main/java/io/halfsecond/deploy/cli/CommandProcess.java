package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process of a command: its output, its end and its exit status.
final class CommandProcess {
  private static final Logger LOG = LoggerFactory.getLogger(CommandProcess.class);

  /// Longer than any part takes to end, shorter than the 60 s that the systemd unit allows.
  private static final int SHUTDOWN_SECONDS = 45;

  /// What the process does.
  @FunctionalInterface
  interface Task {
    /// @return the exit status
    int run(PrintWriter out, PrintWriter err, Stop stop);
  }

  private CommandProcess() {}

  /// Runs it and ends the process with its status. On SIGINT and SIGTERM it first ends what runs,
  /// in order.
  static void run(Task task) {
    Thread.setDefaultUncaughtExceptionHandler(CommandProcess::tell);
    var stop = new Stop();
    var status = new CompletableFuture<Integer>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endInOrder(stop, status), "shutdown"));
    // Text is UTF-8 in any locale: a service or cron job has none.
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int ended = task.run(out, err, stop);
    out.flush();
    err.flush();
    status.complete(ended);
    System.exit(ended);
  }

  /// No thread ends in silence. The message could hold a name from a log: only the type and the
  /// place are told.
  private static void tell(Thread thread, Throwable end) {
    LOG.error(
        "thread {} has ended: {} at {}",
        thread.getName(),
        end.getClass().getName(),
        Arrays.stream(end.getStackTrace()).findFirst().map(Object::toString).orElse("?"));
  }

  /// Runs on a signal, or after main. On a signal main is asked to stop and awaited, and its status
  /// is kept: without the halt the JVM would exit with 143 even after an orderly end.
  private static void endInOrder(Stop stop, CompletableFuture<Integer> status) {
    if (!status.isDone()) {
      stop.request();
      try {
        Runtime.getRuntime().halt(status.get(SHUTDOWN_SECONDS, TimeUnit.SECONDS));
      } catch (InterruptedException | ExecutionException | TimeoutException _) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      }
    }
  }
}
