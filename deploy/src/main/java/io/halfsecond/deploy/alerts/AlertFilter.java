package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.Who;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Which alerts somebody wants to see. Of each property an alert must have one of the values; a
/// property without values is not asked for.
///
/// @param hosts that the alert is about, or one of which is a member of the incident
/// @param cohorts that it is about, or that its host belongs to
/// @param signals as [FindingView#signal]
public record AlertFilter(
    List<NamePattern> hosts,
    List<NamePattern> cohorts,
    Set<String> signals,
    Set<Tier> tiers,
    Set<AlertState> states,
    Set<FindingKind> kinds)
    implements Predicate<Alert> {
  /// Lets every alert pass.
  public static final AlertFilter ALL =
      new AlertFilter(List.of(), List.of(), Set.of(), Set.of(), Set.of(), Set.of());

  public AlertFilter {
    hosts = List.copyOf(hosts);
    cohorts = List.copyOf(cohorts);
    signals = Set.copyOf(signals);
    tiers = Set.copyOf(tiers);
    states = Set.copyOf(states);
    kinds = Set.copyOf(kinds);
  }

  @Override
  public boolean test(Alert alert) {
    return isAsked(hosts, host -> Who.hosts(alert).stream().anyMatch(host::matches))
        && isAsked(cohorts, cohort -> cohort.matches(alert.getCohort()))
        && isAsked(signals, FindingView.signal(alert)::equals)
        && isAsked(tiers, alert.getTier()::equals)
        && isAsked(states, alert.getState()::equals)
        && isAsked(kinds, kind -> kind.isOf(alert));
  }

  private static <T> boolean isAsked(Collection<T> values, Predicate<T> isOfAlert) {
    return values.isEmpty() || values.stream().anyMatch(isOfAlert);
  }
}
