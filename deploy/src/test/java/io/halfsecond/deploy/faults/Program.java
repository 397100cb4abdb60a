package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.ops.ProcessFigures;
import io.halfsecond.deploy.ops.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// A process of the distribution, which a test can kill and start again.
public final class Program implements AutoCloseable {
  private static final Path HOME = Path.of("target/halfsecond").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final URI http;
  private Optional<Process> process = Optional.empty();

  private Program(List<String> command, Map<String, String> environment, Path log, URI http) {
    this.command = command;
    this.environment = environment;
    this.log = log;
    this.http = http;
  }

  /// @param wrapper command before it, such as `ip netns exec NAME`
  /// @param log gets what it says
  /// @param http where it serves its metrics
  /// @param arguments of `halfsecond`
  public static Program halfsecond(
      List<String> wrapper, Path log, String http, List<String> arguments) {
    var command = new ArrayList<>(wrapper);
    command.add(HOME.resolve("bin/halfsecond").toString());
    command.addAll(arguments);
    return new Program(
        command,
        Map.of("HALFSECOND_JAVA_HOME", System.getProperty("java.home")),
        log,
        URI.create("http://" + http));
  }

  /// @param mainClass of the distribution's jars
  static Program java(
      List<String> wrapper, Path log, List<String> options, String mainClass, String... arguments) {
    if (!Files.isDirectory(HOME.resolve("lib"))) {
      throw Tool.missing(HOME + " is not there: it is made by the package phase");
    }
    var command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", HOME.resolve("lib") + "/*", mainClass));
    command.addAll(List.of(arguments));
    return new Program(command, Map.of(), log, URI.create("http://none.invalid"));
  }

  public Program start() {
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      process = Optional.of(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    }
    return this;
  }

  /// As by `kill -9`: it has no time to do anything.
  public void kill() {
    process.ifPresent(
        running -> {
          running.descendants().forEach(ProcessHandle::destroyForcibly);
          running.destroyForcibly();
          await(running);
        });
  }

  /// As [#kill], and before anything else is done. It has no children.
  void killAtOnce() {
    process.ifPresent(
        running -> {
          running.destroyForcibly();
          await(running);
        });
  }

  /// As by the service manager.
  public void stop() {
    process.ifPresent(
        running -> {
          running.destroy();
          await(running);
        });
  }

  private static void await(Process running) {
    try {
      if (!running.waitFor(60, TimeUnit.SECONDS)) {
        running.descendants().forEach(ProcessHandle::destroyForcibly);
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Waits for something that it has to do; it must not end before.
  public void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .ignoreExceptions()
          .failFast(
              () -> {
                if (!alive()) {
                  throw new IllegalStateException("it has ended: " + said());
                }
              })
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("%s%n%s".formatted(e.getMessage(), said()), e);
    }
  }

  /// Where it serves its metrics.
  URI http() {
    return http;
  }

  public boolean alive() {
    return process.filter(Process::isAlive).isPresent();
  }

  /// Its resident memory in bytes.
  long residentBytes() {
    return ProcessFigures.residentBytes(process.orElseThrow().pid());
  }

  public String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether it answers at `/-/ready` that it is.
  public boolean ready() {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /// Whether it answers at `/-/healthy` that it is worth keeping.
  boolean healthy() {
    try {
      return get("/-/healthy").statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /// Why it is not ready; empty if it is, or if nobody answers.
  String waitsFor() {
    try {
      var answer = get("/-/ready");
      return answer.statusCode() == 503 ? answer.body() : "";
    } catch (IOException _) {
      return "";
    }
  }

  /// Whether its metrics say that it waits for this reason.
  boolean waitsFor(String reason) {
    return metrics()
        .lines()
        .anyMatch(
            line ->
                line.startsWith("halfsecond_waiting{")
                    && line.contains("reason=\"%s\"".formatted(reason))
                    && line.endsWith(" 1.0"));
  }

  String metrics() {
    try {
      return get("/metrics").body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The sum of the series of a metric; 0 if there is none or nobody answers.
  ///
  /// @param series a name, or the beginning of a series with its first labels
  public double metric(String series) {
    try {
      return ProcessFigures.sum(get("/metrics").body().lines(), series);
    } catch (IOException _) {
      return 0;
    }
  }

  /// The series of a metric with one label, by the value of that label.
  Map<String, Long> metricBy(String name) {
    var series = Pattern.compile(Pattern.quote(name) + "\\{\\w+=\"([^\"]*)\"} (\\S+)");
    return metrics()
        .lines()
        .map(series::matcher)
        .filter(Matcher::matches)
        .collect(
            Collectors.toMap(
                found -> found.group(1),
                found -> (long) Double.parseDouble(found.group(2)),
                Long::sum,
                TreeMap::new));
  }

  private HttpResponse<String> get(String path) throws IOException {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(http.resolve(path)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
