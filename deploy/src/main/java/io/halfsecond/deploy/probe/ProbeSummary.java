package io.halfsecond.deploy.probe;

import io.halfsecond.collector.probe.Probe;
import io.halfsecond.collector.probe.ProbePhase;
import io.halfsecond.schemas.ProbeOutcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Probes of one server, summarised.
///
/// @param outcomes number of probes by outcome
/// @param phases times of each phase that any probe completed
/// @param detail message of the last probe that did not end as expected
public record ProbeSummary(
    String target,
    int count,
    Optional<String> server,
    Map<ProbeOutcome, Integer> outcomes,
    Map<ProbePhase, Times> phases,
    Optional<String> detail) {
  /// A banner that takes longer than this beyond the connect. 5 to 30 ms are common; the xz
  /// backdoor took 500 ms.
  private static final long SLOW_BANNER_NANOS = 250_000_000;

  /// @param minimum in nanoseconds, as the others
  /// @param p95 the least value that 95 % do not exceed
  public record Times(int count, long minimum, long median, long p95) {
    static Times of(long[] nanos) {
      var sorted = nanos.clone();
      Arrays.sort(sorted);
      return new Times(sorted.length, sorted[0], rank(sorted, 0.5), rank(sorted, 0.95));
    }

    private static long rank(long[] sorted, double share) {
      return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
  }

  public ProbeSummary {
    outcomes = Map.copyOf(outcomes);
    phases = Map.copyOf(phases);
  }

  /// @param probes at least one
  public static ProbeSummary of(String target, List<Probe> probes) {
    var outcomes = new EnumMap<ProbeOutcome, Integer>(ProbeOutcome.class);
    probes.forEach(probe -> outcomes.merge(probe.outcome(), 1, Integer::sum));
    var phases = new EnumMap<ProbePhase, Times>(ProbePhase.class);
    for (var phase : ProbePhase.values()) {
      var nanos = probes.stream().flatMapToLong(probe -> probe.nanos(phase).stream()).toArray();
      if (nanos.length > 0) {
        phases.put(phase, Times.of(nanos));
      }
    }
    return new ProbeSummary(
        target,
        probes.size(),
        probes.stream().flatMap(probe -> probe.server().stream()).findFirst(),
        outcomes,
        phases,
        probes.reversed().stream()
            .map(Probe::detail)
            .filter(detail -> !detail.isEmpty())
            .findFirst());
  }

  /// Whether a person should look into it.
  public boolean finding() {
    return outcomes.containsKey(ProbeOutcome.ACCEPTED) || slowBanner().isPresent();
  }

  /// Whether every probe was refused, as expected.
  public boolean complete() {
    return outcomes.getOrDefault(ProbeOutcome.REFUSED, 0) == count;
  }

  /// The least time to the banner, if only a slow sshd explains it.
  OptionalLong slowBanner() {
    var banner = phases.get(ProbePhase.BANNER);
    var connect = phases.get(ProbePhase.CONNECT);
    return banner != null
            && connect != null
            && banner.minimum() - connect.minimum() > SLOW_BANNER_NANOS
        ? OptionalLong.of(banner.minimum())
        : OptionalLong.empty();
  }
}
