package io.halfsecond.streams.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.telemetry.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds that somebody writes records in the name of a host. One alert is open for a host. It ends
/// when no such record was read for [#QUIET].
///
/// Only a host of which telemetry was taken before has alerts and state: whoever invents names gets
/// neither. Times are those of reading, because a forged record's own time is its author's choice.
final class ForgedFinder implements Finder<Input.Forged> {
  static final String SUBJECT = "forged/telemetry";

  /// Longer than a forger pauses who probes now and then, shorter than a shift.
  static final Duration QUIET = Duration.ofHours(1);

  /// A flood of forgeries writes the state no more often.
  private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);

  private static final String RULE = "forged";
  private static final String VERSION = "1";

  /// What is remembered of a host.
  ///
  /// @param last when the newest forgery was read
  /// @param answers what was wrong with the codes
  /// @param accepted whether a person has accepted the alert: no other opens until it is quiet
  private record Forgeries(Instant openedAt, Instant last, Set<Answer> answers, boolean accepted) {
    Instant end() {
      return last.plus(QUIET);
    }

    /// Text: the version, the times in milliseconds, whether accepted, the answers.
    byte[] toBytes() {
      return String.join(
              " ",
              VERSION,
              Long.toString(openedAt.toEpochMilli()),
              Long.toString(last.toEpochMilli()),
              Boolean.toString(accepted),
              answers.stream().map(Answer::name).collect(Collectors.joining(",")))
          .getBytes(US_ASCII);
    }

    static Forgeries fromBytes(byte[] bytes) {
      var words = new String(bytes, US_ASCII).split(" ", -1);
      if (words.length != 5 || !words[0].equals(VERSION)) {
        throw new IllegalArgumentException("forgeries of a host: not of version " + VERSION);
      }
      var answers = EnumSet.noneOf(Answer.class);
      for (var name : words[4].split(",", -1)) {
        answers.add(Answer.valueOf(name));
      }
      return new Forgeries(
          Instant.ofEpochMilli(Long.parseLong(words[1])),
          Instant.ofEpochMilli(Long.parseLong(words[2])),
          answers,
          Boolean.parseBoolean(words[3]));
    }
  }

  private final ByteStore store;
  private final HostStates hosts;
  private final OpenAlerts alerts;

  /// @param store of this finder alone, by host
  ForgedFinder(ByteStore store, HostStates hosts, OpenAlerts alerts) {
    this.store = store;
    this.hosts = hosts;
    this.alerts = alerts;
  }

  @Override
  public List<Output> take(Input.Forged forged, long nowMillis) {
    var host = forged.key();
    if (hosts.get(host).clock().equals(Instant.MIN)) {
      return List.of();
    }
    var at = Instant.ofEpochMilli(forged.at().toEpochMilli());
    var out = new ArrayList<Output>();
    var before = forgeries(host).filter(known -> at.isBefore(known.end()));
    if (before.isEmpty()) {
      forgeries(host).ifPresent(over -> out.addAll(end(host, over)));
      var opened = new Forgeries(at, at, EnumSet.of(forged.answer()), false);
      store.put(host, opened.toBytes());
      out.add(step(host, opened, AlertState.OPENED, at, Optional.empty()));
      // A fact: nothing more is needed to be sure.
      out.add(step(host, opened, AlertState.CONFIRMED, at, Optional.empty()));
      return out;
    }
    var known = before.get();
    var answers = EnumSet.copyOf(known.answers());
    boolean more = answers.add(forged.answer());
    if (more || !at.isBefore(known.last().plus(WRITTEN_EVERY))) {
      var next = new Forgeries(known.openedAt(), at, answers, known.accepted());
      store.put(host, next.toBytes());
      if (more && !known.accepted()) {
        out.add(step(host, next, AlertState.UPDATED, at, Optional.empty()));
      }
    }
    return out;
  }

  @Override
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    store.scan(
        "",
        (host, bytes) -> {
          var known = Forgeries.fromBytes(bytes);
          if (nowMillis >= known.end().toEpochMilli()) {
            out.addAll(end(host, known));
          }
        });
    return out;
  }

  private List<Output> end(String host, Forgeries over) {
    store.delete(host);
    return over.accepted()
        ? List.of()
        : List.of(step(host, over, AlertState.RESOLVED, over.end(), Optional.empty()));
  }

  @Override
  public boolean owns(String subject) {
    return subject.equals(SUBJECT);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    var host = control.getHost();
    return forgeries(host)
        .filter(known -> Verdict.isAbout(control, subject(host), known.openedAt()))
        .flatMap(known -> decide(host, known, control.getAcknowledgement()))
        .stream()
        .toList();
  }

  private Optional<Output> decide(String host, Forgeries known, Acknowledgement word) {
    return switch (word.getDecision()) {
      case ACCEPT -> {
        if (known.accepted()) {
          yield Optional.empty();
        }
        store.put(
            host, new Forgeries(known.openedAt(), known.last(), known.answers(), true).toBytes());
        yield Optional.of(acknowledged(host, known, word));
      }
      case DISMISS ->
          known.accepted() ? Optional.empty() : Optional.of(acknowledged(host, known, word));
      case ROLL_BACK -> {
        if (!known.accepted()) {
          yield Optional.empty();
        }
        // The next forgery opens an alert.
        store.delete(host);
        yield Optional.of(Output.of(alerts, new Verdict.RolledBack(subject(host), word)));
      }
      // A decision of a newer version.
      case UNKNOWN -> Optional.empty();
    };
  }

  private Output acknowledged(String host, Forgeries known, Acknowledgement word) {
    return step(host, known, AlertState.ACKNOWLEDGED, word.getAt(), Optional.of(word));
  }

  private Optional<Forgeries> forgeries(String host) {
    return Optional.ofNullable(store.get(host)).map(Forgeries::fromBytes);
  }

  private Output step(
      String host,
      Forgeries forgeries,
      AlertState state,
      Instant at,
      Optional<Acknowledgement> acknowledgement) {
    var openedAt = forgeries.openedAt();
    return Output.of(
        alerts,
        new Verdict.Step(
            subject(host),
            state,
            Tier.STEP,
            at,
            new Verdict.AlertTimes(openedAt, openedAt, Optional.empty(), openedAt),
            finding(host, forgeries.answers()),
            hosts.get(host).completeSince(openedAt),
            acknowledgement));
  }

  private static ContradictionFinding finding(String host, Set<Answer> answers) {
    var statements = new ArrayList<Statement>();
    statements.add(new Statement("record", "comes from host " + host));
    for (var answer : answers) {
      statements.add(new Statement("code", text(host, answer)));
    }
    return ContradictionFinding.newBuilder()
        .setRule(RULE)
        .setAbout("telemetry in the name of this host")
        .setStatements(statements)
        .build();
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

  private Subject subject(String host) {
    return Subject.ofHost(host, hosts.get(host).cohort(), SUBJECT);
  }
}
