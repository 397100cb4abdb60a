package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertFilter;
import io.halfsecond.deploy.alerts.FindingKind;
import io.halfsecond.deploy.alerts.NamePattern;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.engine.AlertSignals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Which alerts a command is asked for.
final class AlertFilterOptions {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      converter = Name.class,
      description =
          "Only alerts about this host, and incidents that it is in. May be repeated, as the"
              + " following; * and ? stand for any characters.")
  private List<NamePattern> hosts = new ArrayList<>();

  @Option(
      names = "--cohort",
      paramLabel = "COHORT",
      converter = Name.class,
      description = "Only alerts of this cohort and its hosts.")
  private List<NamePattern> cohorts = new ArrayList<>();

  @Option(
      names = "--signal",
      paramLabel = "SIGNAL",
      converter = Signal.class,
      description = "Only this signal, for example startup, cpu-preauth, evidence, silence.")
  private List<String> signals = new ArrayList<>();

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      converter = TierName.class,
      description = "Only this tier: step, creep, drift.")
  private List<Tier> tiers = new ArrayList<>();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      converter = State.class,
      description =
          "Only this state: opened, updated, confirmed, acknowledged, resolved, transient.")
  private List<AlertState> states = new ArrayList<>();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      converter = Kind.class,
      description = "Only this kind of finding: shift, self-test, contradiction.")
  private List<FindingKind> kinds = new ArrayList<>();

  AlertFilter filter() {
    return new AlertFilter(
        hosts,
        cohorts,
        Set.copyOf(signals),
        Set.copyOf(tiers),
        Set.copyOf(states),
        Set.copyOf(kinds));
  }

  private static final class Name implements ITypeConverter<NamePattern> {
    @Override
    public NamePattern convert(String text) {
      try {
        return NamePattern.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private static final class Signal implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return Choice.of(AlertSignals.all(), Function.identity(), text);
    }
  }

  private static final class TierName implements ITypeConverter<Tier> {
    @Override
    public Tier convert(String text) {
      return Choice.of(
          Arrays.stream(Tier.values()).filter(tier -> tier != Tier.UNKNOWN).toList(), text);
    }
  }

  private static final class State implements ITypeConverter<AlertState> {
    @Override
    public AlertState convert(String text) {
      return Choice.of(
          Arrays.stream(AlertState.values()).filter(state -> state != AlertState.UNKNOWN).toList(),
          text);
    }
  }

  private static final class Kind implements ITypeConverter<FindingKind> {
    @Override
    public FindingKind convert(String text) {
      return Choice.of(List.of(FindingKind.values()), text);
    }
  }
}
