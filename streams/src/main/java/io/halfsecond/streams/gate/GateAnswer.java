package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The answer to a [GateQuestion].
public sealed interface GateAnswer {
  Figures figures();

  /// Logins are slower by more than does not matter, in at least one signal.
  ///
  /// @param signal the one with the clearest evidence
  record Slower(Signal signal, Figures figures) implements GateAnswer {}

  /// No signal that takes part is slower by more than does not matter.
  record NoSlower(Figures figures) implements GateAnswer {}

  /// The evidence does not suffice for either.
  ///
  /// @param lack what is missing for [NoSlower], or for [Slower] if that is where the evidence
  ///   leads; empty if no host with the change has a past to compare with
  record NotKnownYet(Optional<Lack> lack, Figures figures) implements GateAnswer {}

  /// What it takes at the present share of signs.
  ///
  /// @param claim that would be shown
  /// @param signal the one that lacks most for [NoSlower], or least for [Slower]
  /// @param pairs more of them; empty for never at this rate
  /// @param hosts more of them, with as many pairs as those so far have; empty if that is not known
  /// @param by when the hosts so far will have them; empty if they will not
  record Lack(
      Claim claim, Signal signal, OptionalLong pairs, OptionalLong hosts, Optional<Instant> by) {}

  /// What an answer claims.
  enum Claim {
    SLOWER,
    NO_SLOWER
  }

  /// @param hosts with the change
  /// @param accompanied those of them that are compared with hosts without it. The others have only
  ///   their own past, from which a drift of all hosts looks like the change
  /// @param measured those with a pair at least
  /// @param unreadable trials that could not be read
  /// @param signals those that take part
  record Figures(int hosts, int accompanied, int measured, int unreadable, List<OfSignal> signals) {
    public Figures {
      signals = List.copyOf(signals);
    }
  }

  /// The change of one signal, in its unit.
  ///
  /// @param hosts that measure it
  /// @param accompanied those of them that are compared with hosts without the change
  /// @param showing names of those whose own median is beyond the limit, of at least 5 pairs
  /// @param pairs of all hosts
  /// @param median of the differences; NaN without a pair
  /// @param low lower end of its interval, which holds at any time with the confidence asked for;
  ///   minus infinity if there are too few pairs
  /// @param high upper end of it, or infinity
  /// @param slower evidence for "slower": its logarithm by that of the limit, 0 for none; "slower"
  ///   from 1 on
  /// @param noSlower evidence for "no slower", likewise
  record OfSignal(
      Signal signal,
      int hosts,
      int accompanied,
      List<String> showing,
      long pairs,
      double median,
      double low,
      double high,
      double slower,
      double noSlower) {
    public OfSignal {
      showing = List.copyOf(showing);
    }
  }
}
