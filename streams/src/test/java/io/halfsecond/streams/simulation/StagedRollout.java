package io.halfsecond.streams.simulation;

import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.gate.Gate;
import io.halfsecond.streams.gate.GateAnswer;
import io.halfsecond.streams.gate.GateEvidence;
import io.halfsecond.streams.gate.GateEvidence.HostEvidence;
import io.halfsecond.streams.gate.GateQuestion;
import io.halfsecond.streams.gate.Trial;
import io.halfsecond.streams.gate.TrialChange;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The first stage of a rollout: 12 of 36 hosts get a change at once, and their logins are measured
/// in two signals, startup and its CPU time, on their own generators.
///
/// Hosts differ: median of startup lognormal around 14.4 ms (σ .2), spread σ .15 to .35, with 3 %
/// of values from a Pareto tail; CPU around 14.6 ms, σ .16. They log in every four to six minutes,
/// and have done so for four days.
public final class StagedRollout {
  /// Hosts that get the change, and twice as many that do not.
  private static final int CHANGED = 12;

  private static final int COMPANIONS = 2;
  private static final double CHANGED_AT = 4 * Wave.DAY_SECONDS;
  private static final double DAY_AFTER = CHANGED_AT + Wave.DAY_SECONDS;
  private static final double MILLION = 1e6;
  private static final List<String> SUBJECTS =
      List.of("startup/all", "cpu-startup/publickey/accepted");

  /// The conditions of a rollout.
  ///
  /// @param accompanied whether changed hosts have companions
  public record World(String name, Regime regime, boolean accompanied) {
    public static final World QUIET = new World("independent logins", Regime.IID, true);

    /// 20 % more for all hosts, within four hours of the change.
    public static final World DRIFT =
        new World(
            "all hosts drift by 20 %",
            new Regime(
                "ramp", Timing.MINUTELY, 0, List.of(new Wave.Ramp(0.2, CHANGED_AT, 4 * 3_600))),
            true);

    public static final World ALONE =
        new World("the same drift, no companions", DRIFT.regime(), false);
    public static final World BURSTS = new World("bursts of 10 logins", Regime.BURSTS, true);
    public static final World CORRELATED =
        new World("AR .6 from login to login", Regime.AUTOREGRESSIVE, true);

    /// Each host by itself.
    public static final World WANDERING =
        new World(
            "levels of hosts wander by 5 %",
            new Regime(
                "wandering", Timing.MINUTELY, 0, List.of(new Wave.MeanReverting(0.05, 6 * 3_600))),
            true);

    public static List<World> all() {
      return List.of(QUIET, DRIFT, ALONE, BURSTS, CORRELATED, WANDERING);
    }
  }

  private static final class Host {
    private final String name;
    private final List<Source> sources;
    private final List<Histogram> past = new ArrayList<>();
    private double median;

    private Host(String name, List<Source> sources) {
      this.name = name;
      this.sources = sources;
    }

    private double following() {
      return sources.getFirst().following();
    }

    /// Everything before the change.
    private void learn() {
      for (var source : sources) {
        var samples = new ArrayList<Double>();
        var histogram = new Histogram();
        while (source.following() < CHANGED_AT) {
          samples.add(source.next().value());
          histogram.add(Bins.WIDE.binOf(source.value() * MILLION), 1);
        }
        past.add(histogram);
        if (source == sources.getFirst()) {
          median = samples.stream().sorted().skip(samples.size() / 2).findFirst().orElseThrow();
        }
      }
    }

    private Map<String, Histogram> bySubject() {
      return Map.of(SUBJECTS.getFirst(), past.getFirst(), SUBJECTS.getLast(), past.getLast());
    }
  }

  private final GateQuestion question;
  private final PriorityQueue<Host> next =
      new PriorityQueue<>(
          Comparator.comparingDouble(Host::following).thenComparing(host -> host.name));
  private final Map<String, Trial> trials = new TreeMap<>();
  private final Map<String, String> accompanies = new HashMap<>();
  private final Map<String, HostEvidence> evidence = new HashMap<>();
  private final List<Double> changed = new ArrayList<>();
  private final List<Double> unchanged = new ArrayList<>();
  private double second = CHANGED_AT;

  /// @param millis by which logins take longer on the changed hosts
  public StagedRollout(World world, double millis, GateQuestion question, RandomGenerator random) {
    this.question = question;
    for (int i = 0; i < (1 + COMPANIONS) * CHANGED; i++) {
      var host = host(world, i, random);
      host.learn();
      next.add(host);
      if (i < CHANGED) {
        host.sources.forEach(
            source -> source.become(new SignalChange.Delay(millis).of(source.model())));
        trials.put(host.name, Trial.of(host.name, List.of(change()), host.bySubject()));
      } else if (world.accompanied()) {
        var subject = name(i % CHANGED);
        accompanies.put(host.name, subject);
        trial(subject).join(host.name, host.bySubject());
      }
    }
    trials.forEach((name, trial) -> evidence.put(name, HostEvidence.of(question, trial)));
  }

  private static TrialChange change() {
    return new TrialChange(
        new Trait(ChangeKind.OBJECT, "liblzma", "new"), "", WatchedKey.at(CHANGED_AT));
  }

  private static String name(int host) {
    return "host-%02d".formatted(host);
  }

  private static Host host(World world, int number, RandomGenerator random) {
    double median = 14.4 * StrictMath.exp(0.2 * random.nextGaussian());
    var startup =
        new Model.Mixture(
            List.of(
                new Model.Part(0.97, new Model.Lognormal(median, random.nextDouble(0.15, 0.35))),
                new Model.Part(0.03, new Model.Pareto(2 * median, 1.3))));
    var cpu = new Model.Lognormal(14.6 * StrictMath.exp(0.2 * random.nextGaussian()), 0.16);
    var timing =
        world.regime().timing().equals(Timing.BURSTS)
            ? Timing.BURSTS
            : Timing.every(random.nextDouble(240, 360));
    double start = random.nextDouble(240);
    return new Host(
        name(number),
        List.of(
            new Source(world.regime().with(timing), startup, random, start),
            new Source(world.regime().with(timing), cpu, random, start)));
  }

  private Trial trial(String host) {
    return Optional.ofNullable(trials.get(host)).orElseThrow();
  }

  /// Takes the next login.
  ///
  /// @return false if the day is over, or all trials are full
  public boolean login() {
    var host = next.remove();
    host.sources.forEach(Source::next);
    second = host.sources.getFirst().second();
    next.add(host);
    var at = WatchedKey.at(second);
    var subject = accompanies.getOrDefault(host.name, host.name);
    var trial = trials.get(subject);
    if (trial != null) {
      boolean taken = false;
      for (int i = 0; i < SUBJECTS.size(); i++) {
        double nanos = host.sources.get(i).value() * MILLION;
        taken |=
            subject.equals(host.name)
                ? trial.take(SUBJECTS.get(i), at, nanos)
                : trial.takeOf(host.name, SUBJECTS.get(i), at, nanos);
      }
      if (taken) {
        evidence.put(subject, HostEvidence.of(question, trial));
      }
    }
    if (!at.isBefore(trials.values().iterator().next().begin())) {
      (trials.containsKey(host.name) ? changed : unchanged)
          .add(host.sources.getFirst().value() - host.median);
    }
    return second < DAY_AFTER && !isFull();
  }

  private boolean isFull() {
    return evidence.values().stream()
        .allMatch(host -> host.signals().values().stream().allMatch(signs -> signs.room() == 0));
  }

  /// What is known now, without the figures that are no part of an answer.
  public GateEvidence evidence() {
    return new GateEvidence(evidence, Map.of(), 0);
  }

  /// Pairs of one signal so far.
  public long pairs() {
    return evidence.values().stream()
        .mapToLong(
            host ->
                host.signals().values().stream()
                    .mapToLong(GateEvidence.Signs::pairs)
                    .max()
                    .orElse(0))
        .sum();
  }

  /// Since the change.
  public double minutes() {
    return (second - CHANGED_AT) / 60;
  }

  /// Startup of the changed hosts so far, each less the median of its host's past.
  public double[] changed() {
    return changed.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// Of the changed hosts so far.
  public int logins() {
    return changed.size();
  }

  /// Logins of the others so far.
  public int others() {
    return unchanged.size();
  }

  /// Likewise of the other hosts.
  public double[] unchanged() {
    return unchanged.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// Whether each of the answers was given at any time, and when first.
  ///
  /// @param slowerMinutes NaN for never
  public record Looks(
      double slowerMinutes, double noSlowerMinutes, long slowerPairs, long noSlowerPairs) {}

  /// Asks after every login that brings a pair, until the end.
  public Looks looks() {
    double slower = Double.NaN;
    double noSlower = Double.NaN;
    long slowerPairs = 0;
    long noSlowerPairs = 0;
    long seen = 0;
    boolean more = true;
    while (more) {
      more = login();
      if (pairs() > seen) {
        seen = pairs();
        var answer = Gate.answer(question, evidence(), WatchedKey.at(second));
        if (answer instanceof GateAnswer.Slower && Double.isNaN(slower)) {
          slower = minutes();
          slowerPairs = seen;
        } else if (answer instanceof GateAnswer.NoSlower && Double.isNaN(noSlower)) {
          noSlower = minutes();
          noSlowerPairs = seen;
        }
      }
    }
    return new Looks(slower, noSlower, slowerPairs, noSlowerPairs);
  }
}
