package io.halfsecond.deploy.api;

import io.halfsecond.streams.gate.GateAnswer;
import io.halfsecond.streams.gate.GateAnswer.Figures;
import io.halfsecond.streams.gate.GateAnswer.Lack;
import io.halfsecond.streams.gate.GateAnswer.OfSignal;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether logins on hosts with a change are slower, as an answer of the API. Times are in
/// nanoseconds.
///
/// @param within a slowdown up to it does not matter
/// @param confidence of either claim, for example 0.99
/// @param clearest the signal that is slower with the clearest evidence; present with
///   [Verdict#SLOWER] only
/// @param lacking what it takes for another verdict; present with [Verdict#NOT_KNOWN_YET], if any
///   host can be compared
/// @param hosts with the change
/// @param accompanied those of them that are compared with hosts without the change; the others are
///   compared with their own past alone
/// @param measured those with a comparison at least
/// @param unreadable trials of hosts that could not be read
/// @param absent hosts that were named and of which there is no evidence: they are not known, or
///   nothing has changed on them in the last week. While there is one, the answer is not
///   [Verdict#NO_SLOWER]
public record GateReport(
    Verdict verdict,
    double within,
    double confidence,
    Optional<String> clearest,
    Optional<Lacking> lacking,
    int hosts,
    int accompanied,
    int measured,
    int unreadable,
    List<String> absent,
    List<SignalChange> signals) {

  /// The answer.
  public enum Verdict {
    /// At least one signal is slower by more than does not matter.
    SLOWER,
    /// No signal is slower by more than does not matter: that was shown.
    NO_SLOWER,
    /// The evidence does not suffice for either.
    NOT_KNOWN_YET
  }

  /// What is missing at the present share of signs.
  ///
  /// @param verdict that it would be: [Verdict#SLOWER] only if the evidence leads there
  /// @param signal the one that lacks most, or least for [Verdict#SLOWER]
  /// @param logins more of them; empty for never at this rate
  /// @param hosts more of them, with as many logins as those so far have; empty if that is not
  ///   known
  /// @param by when the hosts so far will have them; empty if they will not
  public record Lacking(
      Verdict verdict,
      String signal,
      Optional<Long> logins,
      Optional<Long> hosts,
      Optional<Instant> by) {}

  /// How a signal has changed.
  ///
  /// @param hosts that measure it
  /// @param showing names of those that are slower by themselves
  /// @param logins that were compared, each with one of before the change
  /// @param change median of the differences; empty without a login
  /// @param low lower end of its interval, which holds at any time; empty if there are too few
  ///   logins
  /// @param high upper end of it, likewise
  /// @param slower evidence for slower, 1 being enough
  /// @param noSlower evidence for no slower, likewise
  public record SignalChange(
      String signal,
      int hosts,
      List<String> showing,
      long logins,
      Optional<Double> change,
      Optional<Double> low,
      Optional<Double> high,
      double slower,
      double noSlower) {}

  /// @param absent hosts that were named and are not in the answer
  static GateReport of(GateAnswer answer, double within, double confidence, List<String> absent) {
    return switch (answer) {
      case GateAnswer.Slower(var signal, var figures) ->
          of(
              Verdict.SLOWER,
              figures,
              absent,
              within,
              confidence,
              Optional.of(Signals.label(signal)),
              Optional.empty());
      case GateAnswer.NoSlower(var figures) ->
          of(
              absent.isEmpty() ? Verdict.NO_SLOWER : Verdict.NOT_KNOWN_YET,
              figures,
              absent,
              within,
              confidence,
              Optional.empty(),
              Optional.empty());
      case GateAnswer.NotKnownYet(var lack, var figures) ->
          of(
              Verdict.NOT_KNOWN_YET,
              figures,
              absent,
              within,
              confidence,
              Optional.empty(),
              lack.map(GateReport::lacking));
    };
  }

  private static GateReport of(
      Verdict verdict,
      Figures figures,
      List<String> absent,
      double within,
      double confidence,
      Optional<String> clearest,
      Optional<Lacking> lacking) {
    return new GateReport(
        verdict,
        within,
        confidence,
        clearest,
        lacking,
        figures.hosts(),
        figures.accompanied(),
        figures.measured(),
        figures.unreadable(),
        absent,
        figures.signals().stream().map(GateReport::change).toList());
  }

  private static Lacking lacking(Lack lack) {
    return new Lacking(
        switch (lack.claim()) {
          case SLOWER -> Verdict.SLOWER;
          case NO_SLOWER -> Verdict.NO_SLOWER;
        },
        Signals.label(lack.signal()),
        lack.pairs().stream().boxed().findFirst(),
        lack.hosts().stream().boxed().findFirst(),
        lack.by());
  }

  private static SignalChange change(OfSignal signal) {
    return new SignalChange(
        Signals.label(signal.signal()),
        signal.hosts(),
        signal.showing(),
        signal.pairs(),
        finite(signal.median()),
        finite(signal.low()),
        finite(signal.high()),
        signal.slower(),
        signal.noSlower());
  }

  private static Optional<Double> finite(double value) {
    return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
  }
}
