package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.gate.GateAnswer.Claim;
import io.halfsecond.streams.gate.GateAnswer.Figures;
import io.halfsecond.streams.gate.GateAnswer.Lack;
import io.halfsecond.streams.gate.GateAnswer.OfSignal;
import io.halfsecond.streams.gate.GateEvidence.HostEvidence;
import io.halfsecond.streams.gate.GateEvidence.Signs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Decides a [GateQuestion]. Pure.
///
/// With e of [SignProcess] and k signals asked about, at confidence 1 − α:
///
/// - *slower* if ½·e(all pairs) + ½·ē ≥ k/α for a signal, where signs are positive beyond the limit
///   and ē is the mean of e over [#HOSTS] hosts, of which those without a pair count 1. So a host
///   that is much slower counts even if the others are not;
/// - *no slower* if e ≥ 1/α for each signal that takes part, where signs are positive below the
///   limit.
///
/// **Guarantees** that however often it is asked, each answer is wrong with probability α at most:
/// "slower" if all signals of all hosts have shifted by the limit or less (a mixture of
/// supermartingales is one; Bonferroni), "no slower" if a signal has shifted by the limit or more
/// on all hosts (it takes the evidence of that signal among others: intersection-union, Berger
/// 1982).
///
/// **Assumes** that the signs of pairs are independent given the past, and that drift is common to
/// a host and its companion.
public final class Gate {
  /// Hosts that a single slow one is compared with: more than a fleet has.
  private static final int HOSTS = 100_000;

  /// More pairs than that is never.
  private static final long MOST_PAIRS = 10_000_000;

  private static final double LOG_2 = Math.log(2);

  private final GateQuestion question;
  private final GateEvidence evidence;
  private final Instant now;
  private final Map<Signal, Map<String, HostEvidence>> bySignal = new TreeMap<>();

  private Gate(GateQuestion question, GateEvidence evidence, Instant now) {
    this.question = question;
    this.evidence = evidence;
    this.now = now;
    for (var signal : question.inOrder()) {
      var hosts = new TreeMap<String, HostEvidence>();
      evidence
          .hosts()
          .forEach(
              (name, host) -> {
                if (host.signals().containsKey(signal)) {
                  hosts.put(name, host);
                }
              });
      if (!hosts.isEmpty()) {
        bySignal.put(signal, hosts);
      }
    }
  }

  /// @param evidence about this question
  /// @param now to say by when more will be known
  public static GateAnswer answer(GateQuestion question, GateEvidence evidence, Instant now) {
    return new Gate(question, evidence, now).answer();
  }

  private GateAnswer answer() {
    var signals = bySignal.keySet().stream().map(this::ofSignal).toList();
    var figures =
        new Figures(
            evidence.hosts().size(),
            (int) evidence.hosts().values().stream().filter(HostEvidence::accompanied).count(),
            (int) evidence.hosts().values().stream().filter(Gate::isMeasured).count(),
            evidence.unreadable(),
            signals);
    var slowest = signals.stream().max(Comparator.comparingDouble(OfSignal::slower));
    if (slowest.filter(signal -> signal.slower() >= 1).isPresent()) {
      return new GateAnswer.Slower(slowest.get().signal(), figures);
    }
    if (!signals.isEmpty() && signals.stream().allMatch(signal -> signal.noSlower() >= 1)) {
      return new GateAnswer.NoSlower(figures);
    }
    var noSlower =
        signals.stream()
            .filter(signal -> signal.noSlower() < 1)
            .map(signal -> lackOfNoSlower(signal.signal()))
            .max(Comparator.comparingLong(Gate::pairs));
    return new GateAnswer.NotKnownYet(
        noSlower.filter(lack -> lack.pairs().isPresent()).isPresent()
            ? noSlower
            : signals.stream()
                .map(signal -> lackOfSlower(signal.signal()))
                .filter(lack -> lack.pairs().isPresent())
                .min(Comparator.comparingLong(Gate::pairs))
                .or(() -> noSlower),
        figures);
  }

  private static long pairs(Lack lack) {
    return lack.pairs().orElse(Long.MAX_VALUE);
  }

  private static boolean isMeasured(HostEvidence host) {
    return host.signals().values().stream().anyMatch(signs -> signs.pairs() > 0);
  }

  private List<Signs> signs(Signal signal) {
    var all = new ArrayList<Signs>();
    hosts(signal)
        .values()
        .forEach(host -> Optional.ofNullable(host.signals().get(signal)).ifPresent(all::add));
    return all;
  }

  private Map<String, HostEvidence> hosts(Signal signal) {
    return bySignal.getOrDefault(signal, Map.of());
  }

  private OfSignal ofSignal(Signal signal) {
    var hosts = hosts(signal);
    var signs = signs(signal);
    long pairs = signs.stream().mapToLong(Signs::pairs).sum();
    long above = signs.stream().mapToLong(Signs::above).sum();
    long below = signs.stream().mapToLong(Signs::below).sum();
    var differences = evidence.differences().getOrDefault(signal, Differences.of(List.<Float>of()));
    // Either end has half of α.
    long rank = SignProcess.fewest(pairs, question.logLimit() + LOG_2);
    return new OfSignal(
        signal,
        hosts.size(),
        (int) hosts.values().stream().filter(HostEvidence::accompanied).count(),
        hosts.entrySet().stream()
            .filter(
                host ->
                    Optional.ofNullable(host.getValue().signals().get(signal))
                        .filter(Signs::shows)
                        .isPresent())
            .map(Map.Entry::getKey)
            .toList(),
        pairs,
        differences.median(),
        differences.lowOf(pairs - rank + 1),
        differences.highOf(rank),
        Math.max(0, slower(signs, above, pairs) / slowerLimit()),
        Math.max(0, SignProcess.log(below, pairs) / question.logLimit()));
  }

  private double slowerLimit() {
    return question.logLimit() + Math.log(question.signals().size());
  }

  /// The logarithm of ½·e(all) + ½·ē.
  private static double slower(List<Signs> signs, long above, long pairs) {
    double all = SignProcess.log(above, pairs);
    double[] single =
        signs.stream().mapToDouble(each -> SignProcess.log(each.above(), each.pairs())).toArray();
    double largest = all;
    for (double each : single) {
      largest = Math.max(largest, each - Math.log(HOSTS));
    }
    double sum = Math.exp(all - largest);
    for (double each : single) {
      sum += Math.exp(each - Math.log(HOSTS) - largest);
    }
    double silent = Math.max(0, HOSTS - single.length) / (double) HOSTS;
    return largest + Math.log(sum + silent * Math.exp(-largest)) - LOG_2;
  }

  private Lack lackOfNoSlower(Signal signal) {
    var signs = signs(signal);
    long below = signs.stream().mapToLong(Signs::below).sum();
    return lack(Claim.NO_SLOWER, signal, signs, below, question.logLimit());
  }

  /// At most: e of a single host may be the larger one.
  private Lack lackOfSlower(Signal signal) {
    var signs = signs(signal);
    long above = signs.stream().mapToLong(Signs::above).sum();
    return lack(Claim.SLOWER, signal, signs, above, slowerLimit() + LOG_2);
  }

  /// @param positive signs of them
  private Lack lack(Claim claim, Signal signal, List<Signs> signs, long positive, double logLimit) {
    long pairs = signs.stream().mapToLong(Signs::pairs).sum();
    // Before the first pair, the fewest that can do.
    double share = pairs == 0 ? 1 : (double) positive / pairs;
    long missing = SignProcess.missing(positive, pairs, share, logLimit, MOST_PAIRS);
    if (missing > MOST_PAIRS) {
      return new Lack(claim, signal, OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    }
    long measured = signs.stream().filter(each -> each.pairs() > 0).count();
    return new Lack(
        claim,
        signal,
        OptionalLong.of(missing),
        pairs == 0
            ? OptionalLong.empty()
            : OptionalLong.of((long) Math.ceil((double) missing * measured / pairs)),
        by(hosts(signal), signs, missing));
  }

  /// When the hosts will have so many pairs more, each at its rate so far and up to what it takes.
  private Optional<Instant> by(Map<String, HostEvidence> hosts, List<Signs> signs, long missing) {
    var begins = hosts.values().stream().map(HostEvidence::begin).toList();
    double perSecond = 0;
    long room = 0;
    for (int i = 0; i < signs.size(); i++) {
      long seconds = Duration.between(begins.get(i), now).toSeconds();
      if (signs.get(i).pairs() > 0 && signs.get(i).room() > 0 && seconds > 0) {
        perSecond += (double) signs.get(i).pairs() / seconds;
        room += signs.get(i).room();
      }
    }
    return room < missing
        ? Optional.empty()
        : Optional.of(now.plusSeconds((long) Math.ceil(missing / perSecond)));
  }
}
