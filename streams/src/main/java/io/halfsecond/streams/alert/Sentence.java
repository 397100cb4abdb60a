package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.measurement.SelfTestStratum;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Says an alert in a few sentences on one line, for example:
///
/// > web-17: sshd startup 8.0 ms → 511 ms (+503 ms [498 ms, 509 ms], 64×) since 2024-03-29
/// > 12:04:10Z, over 14 connections (preliminary). Waiting for a CPU 5 % → 6 %: not for load.
/// > Evidence 9,400 days against a limit of 365. Telemetry complete.
///
/// or
///
/// > web-17: sshd -V takes 512 ms as a service, 9.1 ms with TERM set (24 runs each; self-test),
/// > seen 2024-03-29 12:04:10Z. Evidence 3.9e+12 days against a limit of 24,350. Telemetry
/// > complete.
public final class Sentence {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// So many hosts of an incident are named.
  private static final int NAMED = 3;

  /// Ratios below this are told by the difference alone.
  private static final double NOTABLE_RATIO = 1.1;

  private Sentence() {}

  /// @param alert complete but for its summary
  public static String of(Alert alert) {
    return alert.getSignal() == Signal.SELFTEST ? ofSelfTest(alert) : ofSignal(alert);
  }

  /// A self-test is about a program beside itself, and has neither an onset nor an interval.
  private static String ofSelfTest(Alert alert) {
    var stratum = SelfTestStratum.parse(alert.getStratum());
    var what = "%s: %s".formatted(who(alert), stratum.command());
    var surrounding =
        switch (stratum.surrounding()) {
          case TERMINAL -> "with TERM set";
          case NO_LANGUAGE -> "without LANG";
          case LOADER_DEBUG -> "with LD_DEBUG set";
          case OTHER_NAME -> "under another name";
          case UNKNOWN -> "in a surrounding of a newer version";
        };
    var service = value(alert, alert.getAfter().getP50());
    var other = value(alert, alert.getBefore().getP50());
    if (isOver(alert)) {
      return "%s costs the same as a service and %s again, after %s and %s since %s. %s%s"
          .formatted(
              what,
              surrounding,
              service,
              other,
              time(alert.getOnset()),
              telemetry(alert),
              word(alert));
    }
    return "%s takes %s as a service, %s %s (%s each; self-test), seen %s.%s %s %s%s"
        .formatted(
            what,
            service,
            other,
            surrounding,
            connections(alert),
            time(alert.getOnset()),
            reason(alert),
            evidence(alert),
            telemetry(alert),
            word(alert));
  }

  private static String ofSignal(Alert alert) {
    var what = "%s: sshd %s".formatted(who(alert), subject(alert));
    var before = value(alert, alert.getBefore().getP50());
    var after = value(alert, alert.getAfter().getP50());
    if (isOver(alert)) {
      return "%s is back near %s after %s since %s. %s%s"
          .formatted(what, before, after, time(alert.getOnset()), telemetry(alert), word(alert));
    }
    var moved =
        "%s %s → %s (%s [%s, %s]%s)"
            .formatted(
                what,
                before,
                after,
                (alert.getShift() < 0 ? "" : "+") + value(alert, alert.getShift()),
                value(alert, alert.getShiftLow()),
                value(alert, alert.getShiftHigh()),
                ratio(alert));
    if (alert.getTier() == Tier.DRIFT) {
      return "%s: its baseline has drifted from where it first stood, too slowly for an alert. %s%s"
          .formatted(moved, telemetry(alert), word(alert));
    }
    return "%s since %s, over %s%s.%s%s %s %s%s"
        .formatted(
            moved,
            time(alert.getOnset()),
            connections(alert),
            alert.getPreliminary() ? " (preliminary)" : "",
            reason(alert),
            waiting(alert),
            evidence(alert),
            telemetry(alert),
            word(alert));
  }

  /// What is looked at is a host.
  private static String reason(Alert alert) {
    return switch (alert.getScope()) {
      case HOST -> Reason.of(alert);
      case INCIDENT -> Reason.shared(alert);
      case COHORT, UNKNOWN -> "";
    };
  }

  private static boolean isOver(Alert alert) {
    return alert.getState() == AlertState.RESOLVED || alert.getState() == AlertState.TRANSIENT;
  }

  private static String evidence(Alert alert) {
    return "Evidence %s days against a limit of %s."
        .formatted(whole(alert.getEvidenceDays()), whole(alert.getLimitDays()));
  }

  private static String who(Alert alert) {
    if (alert.getScope() == AlertScope.INCIDENT) {
      return whoTogether(alert);
    }
    return alert.getHost().isEmpty() ? "all hosts of " + alert.getCohort() : alert.getHost();
  }

  private static String whoTogether(Alert alert) {
    var hosts =
        alert.getMembers().stream().map(Member::getHost).filter(host -> !host.isEmpty()).toList();
    if (hosts.size() <= 1) {
      return hosts.isEmpty() ? "all hosts of " + alert.getCohort() : hosts.getFirst();
    }
    int more = hosts.size() - NAMED;
    return "%d hosts of %s (%s%s)"
        .formatted(
            hosts.size(),
            alert.getCohort(),
            String.join(", ", hosts.subList(0, Math.min(NAMED, hosts.size()))),
            more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String subject(Alert alert) {
    var signal =
        switch (alert.getSignal()) {
          case STARTUP -> "startup";
          case PREAUTH -> "preauth";
          case CPU_STARTUP -> "CPU in startup";
          case CPU_PREAUTH -> "CPU in preauth";
          case CPU_SESSION -> "CPU in the session";
          case FAULTS -> "page faults in startup";
          case PROBE_BANNER -> "banner in the active probe";
          case PROBE_KEX -> "key exchange in the active probe";
          case PROBE_AUTH -> "refusal in the active probe";
          case PROBE_GAP -> "gap between the client's and the kernel's view of startup";
          case SELFTEST -> "self-test";
          case UNKNOWN -> "signal " + Signal.UNKNOWN;
        };
    return alert.getStratum().equals("all")
        ? signal
        : "%s of %s".formatted(signal, alert.getStratum());
  }

  private static String connections(Alert alert) {
    var what =
        switch (alert.getSignal()) {
          case STARTUP, PREAUTH, CPU_STARTUP, CPU_PREAUTH, CPU_SESSION, FAULTS, UNKNOWN ->
              "connection";
          case PROBE_BANNER, PROBE_KEX, PROBE_AUTH, PROBE_GAP -> "probe";
          case SELFTEST -> "run";
        };
    long count = alert.getConnections();
    return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
  }

  private static String ratio(Alert alert) {
    double before = alert.getBefore().getP50();
    double ratio = alert.getAfter().getP50() / before;
    if (before <= 0 || ratio < NOTABLE_RATIO) {
      return "";
    }
    return String.format(Locale.ROOT, ratio < 10 ? ", %.1f×" : ", %.0f×", ratio);
  }

  /// Whether load could be the reason.
  private static String waiting(Alert alert) {
    if (alert.getWaitingBefore().isEmpty() || alert.getWaitingAfter().isEmpty()) {
      return "";
    }
    double before = alert.getWaitingBefore().get();
    double after = alert.getWaitingAfter().get();
    return String.format(
        Locale.ROOT,
        " Waiting for a CPU %.0f %% → %.0f %%: %s.",
        100 * before,
        100 * after,
        after > before + Suspects.BUSIER
            ? "the host is busier, which may be the reason"
            : "not for load");
  }

  private static String telemetry(Alert alert) {
    return alert.getTelemetryComplete()
        ? "Telemetry complete."
        : "Telemetry incomplete: some was lost since the onset.";
  }

  private static String word(Alert alert) {
    return alert
        .getAcknowledgement()
        .map(
            word ->
                " %s by %s: %s"
                    .formatted(
                        switch (word.getDecision()) {
                          case ACCEPT -> "Accepted";
                          case DISMISS -> "Dismissed";
                          case ROLL_BACK -> "Acceptance rolled back";
                          case UNKNOWN -> "Acknowledged";
                        },
                        word.getWho(),
                        word.getWhy()))
        .orElse("");
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static String whole(double days) {
    return days >= 1e9
        ? String.format(Locale.ROOT, "%.1e", days)
        : String.format(Locale.ROOT, "%,.0f", days);
  }

  private static String value(Alert alert, double value) {
    return alert.getUnit() == Unit.COUNT
        ? String.format(Locale.ROOT, "%,.0f", value)
        : nanos(value);
  }

  /// Three digits are enough for a person.
  static String nanos(double nanos) {
    double size = Math.abs(nanos);
    if (size < 1e6) {
      return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
    }
    if (size < 10e6) {
      return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
    return size < 1e9
        ? String.format(Locale.ROOT, "%.0f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
