package io.halfsecond.deploy.simulation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How the connections of a host vary although nothing has changed. All but the last two are those
/// by which the detector's benchmark judges it.
public enum Regime {
  /** Independent connections at random times. */
  QUIET,
  /** Ten logins within a minute, which share a level that varies by 10 %. */
  BURSTS,
  /** Levels of ±10 % and logins of ±80 % over the day. */
  DIURNAL,
  /** A level that rises by 0.1 % a day. */
  DRIFT,
  /** Successive connections have correlated times, by 0.6. */
  CORRELATED,
  /** A level that wanders by 5 %, with a memory of six hours. */
  WANDERING,
  /** 3 % of logins take a Pareto-distributed time. */
  HEAVY_TAILS,
  /** Seven connections in ten are of scanners. */
  SCANS,
  /** Up to half of the time that a connection could run, it waits for a CPU. */
  BUSY;

  /// As it is named on a command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// All labels, separated by commas.
  public static String labels() {
    return Arrays.stream(values()).map(Regime::label).collect(Collectors.joining(", "));
  }

  /// @param text labels separated by commas, or `mix` for all
  /// @throws IllegalArgumentException if one is not known; the message names it
  public static List<Regime> parse(String text) {
    return text.equals("mix")
        ? List.of(values())
        : Arrays.stream(text.split(",", -1)).map(Regime::labelled).toList();
  }

  private static Regime labelled(String label) {
    return Arrays.stream(values())
        .filter(regime -> regime.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not a regime; there are %s, and mix for all of them"
                        .formatted(label, labels())));
  }
}
