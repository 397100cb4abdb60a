package io.halfsecond.deploy.api;

import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.gate.GateQuestion;
import io.halfsecond.streams.gate.TrialFilter;
import io.halfsecond.streams.measurement.Signals;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What is asked about a rollout: which hosts have it, and which slowdown matters. The change is
/// one of package, object, configuration, kernel and hosts.
///
/// @param packageName with or without its version: `liblzma5=5.6.1-1`
/// @param object name of a file without directory and version, `liblzma`, or with the SHA-256 that
///   it has since then: `liblzma=6f6f…`
/// @param configuration of sshd: any, or its SHA-256
/// @param kernel release, or any
/// @param hosts names
/// @param cohort only hosts of it
/// @param within a slowdown up to it does not matter
/// @param confidence as a share, for example 0.99
/// @param signals labels; empty for all times
public record GateQuery(
    Optional<String> packageName,
    Optional<String> object,
    Optional<String> configuration,
    Optional<String> kernel,
    List<String> hosts,
    Optional<String> cohort,
    Duration within,
    double confidence,
    List<String> signals) {
  static final String PACKAGE = "package";
  static final String OBJECT = "object";
  static final String CONFIGURATION = "sshd-config";
  static final String KERNEL = "kernel";
  static final String HOSTS = "hosts";
  static final String COHORT = "cohort";
  static final String WITHIN = "within";
  static final String CONFIDENCE = "confidence";
  static final String SIGNALS = "signals";

  /// Stands for any configuration or kernel.
  public static final String ANY = "any";

  public static final Duration USUAL_WITHIN = Duration.ofMillis(5);
  public static final double USUAL_CONFIDENCE = 0.99;

  private static final Pattern MILLIS = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)\\s*(ms|us|s)");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,9})?)\\s*%");

  /// @throws IllegalArgumentException if not exactly one change is named, or anything cannot be
  ///   used; the message names it
  public GateQuery {
    hosts = List.copyOf(hosts);
    signals = List.copyOf(signals);
    long changes =
        List.of(packageName, object, configuration, kernel).stream()
                .filter(Optional::isPresent)
                .count()
            + (hosts.isEmpty() ? 0 : 1);
    if (changes != 1) {
      throw new IllegalArgumentException(
          "name one change: a package, an object, a configuration, a kernel or hosts");
    }
    hosts.forEach(host -> Names.requireHost("a name of hosts", host));
    signals.forEach(GateQuery::signal);
  }

  /// Reads a slowdown such as `5ms`, `0.5ms` or `0ms`.
  ///
  /// @throws IllegalArgumentException if it is none
  public static Duration within(String text) {
    var matcher = MILLIS.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("within must be such as 5ms, 0.5ms or 0ms, not " + text);
    }
    double nanos =
        Double.parseDouble(matcher.group(1))
            * switch (matcher.group(2)) {
              case "us" -> 1e3;
              case "ms" -> 1e6;
              default -> 1e9;
            };
    return Duration.ofNanos(Math.round(nanos));
  }

  /// Reads a confidence such as `99%`.
  ///
  /// @throws IllegalArgumentException if it is none
  public static double confidence(String text) {
    var matcher = PERCENT.matcher(text.strip());
    if (!matcher.matches() || Double.parseDouble(matcher.group(1)) < 50) {
      throw new IllegalArgumentException(
          "confidence must be from 50% to below 100%, such as 99%, not " + text);
    }
    return Double.parseDouble(matcher.group(1)) / 100;
  }

  static GateQuery of(Parameters parameters) {
    return new GateQuery(
        parameters.find(PACKAGE),
        parameters.find(OBJECT),
        parameters.find(CONFIGURATION),
        parameters.find(KERNEL),
        names(parameters.find(HOSTS)),
        parameters.find(COHORT),
        parameters.find(WITHIN).map(GateQuery::within).orElse(USUAL_WITHIN),
        parameters.find(CONFIDENCE).map(GateQuery::confidence).orElse(USUAL_CONFIDENCE),
        names(parameters.find(SIGNALS)));
  }

  private static List<String> names(Optional<String> separated) {
    return separated
        .map(text -> Arrays.stream(text.split(",", -1)).map(String::strip).toList())
        .orElse(List.of());
  }

  Parameters parameters() {
    return Parameters.none()
        .with(PACKAGE, packageName)
        .with(OBJECT, object)
        .with(CONFIGURATION, configuration)
        .with(KERNEL, kernel)
        .with(HOSTS, separated(hosts))
        .with(COHORT, cohort)
        .with(WITHIN, Optional.of(within.toNanos() / 1e3 + "us"))
        .with(CONFIDENCE, Optional.of(100 * confidence + "%"))
        .with(SIGNALS, separated(signals));
  }

  private static Optional<String> separated(List<String> names) {
    return Optional.of(String.join(",", names)).filter(text -> !text.isEmpty());
  }

  GateQuestion question() {
    Set<Signal> asked =
        signals.isEmpty()
            ? GateQuestion.possible()
            : signals.stream()
                .map(GateQuery::signal)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Signal.class)));
    return new GateQuestion(asked, within.toNanos(), confidence);
  }

  private static Signal signal(String label) {
    return Signals.find(label)
        .filter(GateQuestion.possible()::contains)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no time is measured under the name %s; there are %s"
                        .formatted(
                            label,
                            GateQuestion.possible().stream()
                                .map(Signals::label)
                                .collect(Collectors.joining(", ")))));
  }

  TrialFilter filter() {
    if (packageName.isPresent()) {
      return TrialFilter.ofPackage(name(packageName.get()), value(packageName.get()));
    }
    if (object.isPresent()) {
      return TrialFilter.ofObject(
          name(object.get()), value(object.get()).map(hash -> hash.toLowerCase(Locale.ROOT)));
    }
    if (configuration.isPresent()) {
      return TrialFilter.ofConfiguration(configuration.filter(hash -> !hash.equals(ANY)));
    }
    return kernel.isPresent()
        ? TrialFilter.ofKernel(kernel.filter(release -> !release.equals(ANY)))
        : TrialFilter.ofHosts(Set.copyOf(hosts));
  }

  private static String name(String text) {
    int equals = text.indexOf('=');
    return equals < 0 ? text : text.substring(0, equals);
  }

  private static Optional<String> value(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? Optional.empty()
        : Optional.of(text.substring(equals + 1)).filter(value -> !value.isEmpty());
  }
}
