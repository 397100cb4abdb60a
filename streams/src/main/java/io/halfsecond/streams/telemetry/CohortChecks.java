package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.telemetry.Checks.checkCohort;
import static io.halfsecond.streams.telemetry.Checks.checkCount;
import static io.halfsecond.streams.telemetry.Checks.checkHost;
import static io.halfsecond.streams.telemetry.Checks.checkId;
import static io.halfsecond.streams.telemetry.Checks.checkText;
import static io.halfsecond.streams.telemetry.Checks.checkTime;
import static io.halfsecond.streams.telemetry.Checks.require;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.telemetry.InsaneRecordException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The checks of the topology's own topics. Only the topology writes them, as a rule; a record of
/// anybody else must not stop it.
public final class CohortChecks {
  /// What the topology itself has accepted may wait for a day before it is read here.
  private static final Duration WAIT = Duration.ofDays(1);

  /// See [io.halfsecond.streams.measurement.SignalKey].
  private static final Pattern STRATUM = Pattern.compile("[a-z0-9-]+(/[a-z0-9-]+){0,3}");

  private static final int STRATUM_LENGTH = 100;

  /// Of a measurement and its baseline; e⁵⁰ is 5·10²¹. Their ratio stays a finite number.
  private static final double MOST = 1e18;

  private static final double LEAST_MEDIAN = 1e-6;
  private static final double MOST_LOG = 50;

  private static final int MOST_MEASUREMENTS = 100;
  private static final int MOST_CHANGES = 1_000;
  private static final int SUMMARY_LENGTH = 16_384;

  private CohortChecks() {}

  /// The cohort of an input.
  public static String cohort(CohortInput input) {
    return switch (input.getInput()) {
      case Deviation deviation -> deviation.getCohort();
      case HostFingerprint fingerprint -> fingerprint.getCohort();
      case Alert alert -> alert.getCohort();
      case AlertControl control -> control.getCohort();
      default ->
          throw new IllegalArgumentException(
              "not an input of a cohort: " + input.getInput().getClass());
    };
  }

  /// @param at the time of the record
  /// @throws InsaneRecordException if the record cannot be true
  public static void check(
      @Nullable String key, CohortInput input, Instant at, TimeBounds bounds, Instant now) {
    var cohort = cohort(input);
    require(!cohort.isEmpty(), () -> "cohort is empty");
    checkCohort(cohort);
    require(cohort.equals(key), Kind.KEY, () -> "key is not the cohort of the record");
    var wide = new TimeBounds(bounds.past().plus(WAIT), bounds.future());
    checkTime(at, wide, now);
    switch (input.getInput()) {
      case Deviation deviation -> check(deviation, wide, now);
      case HostFingerprint fingerprint -> {
        checkHost(fingerprint.getHost());
        checkTime(fingerprint.getAt(), wide, now);
        Checks.check(fingerprint);
      }
      case Alert alert -> check(alert, wide, now);
      case AlertControl control -> Checks.check(control, cohort);
      default -> throw new IllegalStateException("cohort() has refused it");
    }
  }

  private static void check(Deviation deviation, TimeBounds bounds, Instant now) {
    checkId(deviation.getId());
    checkHost(deviation.getHost());
    checkTime(deviation.getAt(), bounds, now);
    checkMeasurement(
        deviation.getSignal(),
        deviation.getStratum(),
        deviation.getValue(),
        deviation.getMedian(),
        deviation.getSeason(),
        deviation.getBaseline(),
        deviation.getWaiting());
    var all = deviation.getFurther();
    require(
        all.size() <= MOST_MEASUREMENTS,
        () -> "%d further measurements, at most %d".formatted(all.size(), MOST_MEASUREMENTS));
    for (var further : all) {
      if (further.getSignal() == Signal.UNKNOWN) {
        // Of a newer version: it is not unpacked.
        continue;
      }
      checkMeasurement(
          further.getSignal(),
          further.getStratum(),
          further.getValue(),
          further.getMedian(),
          further.getSeason(),
          further.getBaseline(),
          further.getWaiting());
    }
  }

  private static void checkMeasurement(
      Signal signal,
      String stratum,
      double value,
      double median,
      float season,
      long baseline,
      float waiting) {
    checkSignal(signal, stratum);
    checkNumber("value", value, 0, MOST);
    checkNumber("median", median, LEAST_MEDIAN, MOST);
    checkNumber("season", season, -MOST_LOG, MOST_LOG);
    checkCount("baseline", baseline);
    // Negative: not known.
    checkNumber("waiting", waiting, Double.NEGATIVE_INFINITY, 1);
  }

  private static void check(Alert alert, TimeBounds bounds, Instant now) {
    checkId(alert.getAlertId());
    require(alert.getScope() == AlertScope.HOST, () -> "scope is " + alert.getScope());
    require(alert.getState() != AlertState.UNKNOWN, () -> "state is UNKNOWN");
    require(alert.getTier() != Tier.UNKNOWN, () -> "tier is UNKNOWN");
    checkHost(alert.getHost());
    checkTime(alert.getAt(), bounds, now);
    checkText("subject", alert.getSubject());
    require(
        alert.getSummary().length() <= SUMMARY_LENGTH,
        () -> "summary has %d characters".formatted(alert.getSummary().length()));
    checkText("title", alert.getTitle());
    require(alert.getEvidence().isEmpty(), () -> "an alert for a cohort has evidence");
    require(alert.getMembers().isEmpty(), () -> "an alert of a host has members");
    require(
        alert.getChanges().size() <= MOST_CHANGES,
        () -> "%d changes, at most %d".formatted(alert.getChanges().size(), MOST_CHANGES));
    alert
        .getChanges()
        .forEach(
            change -> {
              checkText("subject", change.getSubject());
              checkText("before", change.getBefore());
              checkText("after", change.getAfter());
              checkChain(change.getChain());
            });
    if (alert.getFinding() instanceof ShiftFinding shift) {
      checkSignal(shift.getSignal(), shift.getStratum());
    }
  }

  private static void checkChain(List<String> chain) {
    require(
        chain.size() <= Bounds.CHAIN + 1,
        () -> "a chain of %d paths, at most %d".formatted(chain.size(), Bounds.CHAIN + 1));
    chain.forEach(path -> checkText("chain", path));
  }

  /// A profile on its topic. What the detector asks of it, it checks itself.
  ///
  /// @param keyOf the key that a profile must have
  /// @throws InsaneRecordException if it cannot be true
  public static void check(
      @Nullable String key, CohortProfile profile, Function<CohortProfile, String> keyOf) {
    require(
        Names.COHORT.matcher(profile.getCohort()).matches(), () -> "cohort is not a valid name");
    checkSignal(profile.getSignal(), profile.getStratum());
    require(keyOf.apply(profile).equals(key), Kind.KEY, () -> "key is not that of the profile");
    checkCount("hosts", profile.getHosts());
    checkCount("connections", profile.getConnections());
    checkNumber("logMedian", profile.getLogMedian(), -MOST_LOG, MOST_LOG);
    checkNumber("logMedianDeviation", profile.getLogMedianDeviation(), 0, MOST_LOG);
    profile.getShape().forEach(log -> checkNumber("shape", log, -MOST_LOG, MOST_LOG));
    profile.getSeason().forEach(log -> checkNumber("season", log, -MOST_LOG, MOST_LOG));
  }

  private static void checkSignal(Signal signal, String stratum) {
    require(signal != Signal.UNKNOWN, () -> "signal is UNKNOWN");
    require(
        stratum.length() <= STRATUM_LENGTH && STRATUM.matcher(stratum).matches(),
        () -> "stratum is not a valid name (%d characters)".formatted(stratum.length()));
  }

  private static void checkNumber(String field, double number, double least, double most) {
    // Both comparisons are false for NaN.
    require(number >= least && number <= most, () -> field + " is " + number);
  }
}
