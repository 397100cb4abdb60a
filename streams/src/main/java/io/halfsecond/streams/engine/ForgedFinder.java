package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.Times;
import io.halfsecond.streams.telemetry.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Finds that somebody writes records in the name of a host. One alert is open for a host. It is
/// over when no such record was read for [#QUIET].
///
/// Only a host of which telemetry was taken before has alerts and state: whoever invents names gets
/// neither. Times are those of reading, because a forged record's own time is its author's choice.
final class ForgedFinder implements Finder<Input.Forged> {
  static final String RULE = "forged";

  /// Longer than a forger pauses who probes now and then, shorter than a working day.
  static final Duration QUIET = Duration.ofHours(1);

  /// A flood of forgeries writes the state no more often.
  private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);

  private final ByteStore store;
  private final HostStates hosts;
  private final HostFacts facts;

  /// @param store of this finder alone: when the newest forgery was read, by host
  ForgedFinder(ByteStore store, HostStates hosts, OpenAlerts alerts) {
    this.store = store;
    this.hosts = hosts;
    this.facts = new HostFacts(alerts, RULE, "telemetry in the name of this host", Tier.STEP);
  }

  @Override
  public List<Output> take(Input.Forged forged, long nowMillis) {
    var host = forged.key();
    if (!hosts.get(host).isKnown()) {
      return List.of();
    }
    var at = forged.at();
    var out = new ArrayList<Output>();
    var last = Times.get(store, host);
    last.map(time -> time.plus(QUIET))
        .filter(end -> !at.isBefore(end))
        .ifPresent(end -> out.addAll(facts.over(host, end)));
    if (last.filter(time -> at.isBefore(time.plus(WRITTEN_EVERY))).isEmpty()) {
      Times.put(store, host, at);
    }
    out.addAll(
        facts.observed(
            host,
            at,
            List.of(
                new Statement("record", "comes from host " + host),
                new Statement("code", text(host, forged.answer())))));
    return out;
  }

  @Override
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    store.scan(
        "",
        (host, _) -> {
          // If it cannot be read, the alert ends too: nothing else would end it.
          var end =
              Times.get(store, host)
                  .map(last -> last.plus(QUIET))
                  .orElse(Instant.ofEpochMilli(nowMillis));
          if (nowMillis >= end.toEpochMilli()) {
            store.delete(host);
            out.addAll(facts.over(host, end));
          }
        });
    return out;
  }

  @Override
  public void forget(String host) {
    store.delete(host);
  }

  @Override
  public boolean owns(String subject) {
    return facts.owns(subject);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return facts.decide(control);
  }

  private static String text(String host, Answer answer) {
    return switch (answer) {
      case MISSING -> "there is none, though " + host + " must send one";
      case UNREADABLE -> "of a form that is not known";
      case UNKNOWN_KEY -> "made under a key id that is not known";
      case WRONG -> "not made with the key of " + host;
      case RIGHT -> throw new IllegalStateException("a right code");
    };
  }
}
