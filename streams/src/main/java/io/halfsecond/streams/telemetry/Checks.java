package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SpoolStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Rejects records that cannot be true. Everything downstream may rely on this: the key is the
/// host; host and id are well formed; event time is within the [TimeBounds]; no duration, count or
/// sequence is negative; no duration exceeds a year.
public final class Checks {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final int MAX_COLLECTOR_LENGTH = 64;

  /// A program and its arguments, separated by single blanks. It becomes part of keys, so its
  /// length is limited like that of a host.
  private static final Pattern COMMAND = Pattern.compile("(?=.{1,200}$)[!-~]+( [!-~]+)*");

  /// Usually one or two dozen: a few programs in a few environments.
  private static final int MAX_COMPARISONS = 1_000;

  /// Debian's sshd has 28.
  private static final int MAX_OBJECTS = 1_000;

  /// Text is copied into alerts and into the state of a host, which must not exceed Kafka's limit
  /// for a record.
  private static final int MAX_TEXT = 512;

  /// The shortest chain from sshd to a library has at most four or five.
  private static final int MAX_CHAIN = 16;

  /// Limit for all objects of a host together, in characters. Debian's sshd has 6,000.
  private static final int MAX_ALL_TEXT = 131_072;

  /// A collector names its own run and those whose records it still sends.
  private static final int MAX_RUNS = 64;

  /// There are six topics, and ten reasons to give a record up.
  private static final int MAX_COUNTS = 64;

  /// The number after it is still a number. No collector gets as far in a thousand years.
  private static final long MAX_SEQUENCE = 1L << 53;

  private static final long MAX_NANOS = Duration.ofDays(366).toNanos();

  private Checks() {}

  /// @throws InsaneRecordException if there is no value: telemetry has no tombstones
  public static <V> V present(@Nullable V value) {
    if (value == null) {
      throw new InsaneRecordException("no value");
    }
    return value;
  }

  /// @throws InsaneRecordException if the record cannot be true
  public static void check(@Nullable String key, Input input, TimeBounds bounds, Instant now) {
    switch (input) {
      case Telemetry telemetry -> check(key, telemetry, bounds, now);
      case Input.Control control -> check(key, control);
    }
  }

  private static void check(
      @Nullable String key, Telemetry telemetry, TimeBounds bounds, Instant now) {
    var host = telemetry.host();
    require(
        Names.HOST.matcher(host).matches(),
        () -> "host is not a valid host name (%d characters)".formatted(host.length()));
    require(telemetry.key().equals(key), () -> "key is not the host of the record");
    int collector = telemetry.collector().length();
    require(
        collector >= 1 && collector <= MAX_COLLECTOR_LENGTH,
        () ->
            "collector has %d characters, not 1 to %d".formatted(collector, MAX_COLLECTOR_LENGTH));
    checkSequence("sequence", telemetry.sequence());
    require(
        bounds.contain(telemetry.at(), now),
        () ->
            "event time %s is out of bounds: at most %s before and %s after %s"
                .formatted(telemetry.at(), bounds.past(), bounds.future(), now));
    switch (telemetry) {
      case Telemetry.Authentication(AuthTiming timing) -> check(timing);
      case Telemetry.Session(SessionCpu cpu) -> check(cpu);
      case Telemetry.Probe(ProbeTiming timing) -> check(timing);
      case Telemetry.SelfTest(SelfTestReport report) -> check(report);
      case Telemetry.Inventory(HostFingerprint fingerprint) -> check(fingerprint);
      case Telemetry.Heartbeat(CollectorStatus status) -> check(status);
    }
  }

  private static void check(@Nullable String key, Input.Control input) {
    var control = input.control();
    checkId(control.getAlertId());
    require(
        (control.getHost().isEmpty() ? Names.COHORT : Names.HOST).matcher(input.key()).matches(),
        () -> "neither host nor cohort is a valid name");
    require(input.key().equals(key), () -> "key is not the host or cohort of the record");
    checkText("subject", control.getSubject());
  }

  private static void check(AuthTiming timing) {
    checkId(timing.getId());
    checkCohort(timing.getCohort());
    require(
        !timing.getDecidedAt().isBefore(timing.getConnectedAt()),
        () -> "decidedAt is before connectedAt");
    checkNanos("startupNanos", timing.getStartupNanos());
    checkNanos("startupRunQueueNanos", timing.getStartupRunQueueNanos());
    checkNanos("startupCpuNanos", timing.getStartupCpuNanos());
    checkNanos("clientWaitNanos", timing.getClientWaitNanos());
    checkNanos("preauthNanos", timing.getPreauthNanos());
    checkNanos("preauthRunQueueNanos", timing.getPreauthRunQueueNanos());
    checkNanos("preauthCpuNanos", timing.getPreauthCpuNanos());
    timing.getStartupMinorFaults().ifPresent(faults -> checkCount("startupMinorFaults", faults));
    timing.getPreauthMinorFaults().ifPresent(faults -> checkCount("preauthMinorFaults", faults));
  }

  private static void check(SessionCpu cpu) {
    checkId(cpu.getId());
    checkCohort(cpu.getCohort());
    require(
        !cpu.getEndedAt().isBefore(cpu.getConnectedAt()), () -> "endedAt is before connectedAt");
    // A session may last for years; only its CPU time is judged.
    checkCount("wallNanos", cpu.getWallNanos());
    checkNanos("totalCpuNanos", cpu.getTotalCpuNanos());
    checkCount("lostEvents", cpu.getLostEvents());
    for (PhaseCpu part : cpu.getCpu()) {
      checkNanos("cpuNanos", Optional.of(part.getCpuNanos()));
      checkNanos("runQueueNanos", Optional.of(part.getRunQueueNanos()));
    }
  }

  private static void check(ProbeTiming timing) {
    checkId(timing.getId());
    checkCohort(timing.getCohort());
    checkCount("banners", timing.getBanners());
    checkNanos("connectNanos", timing.getConnectNanos());
    checkNanos("bannerNanos", timing.getBannerNanos());
    checkNanos("kexNanos", timing.getKexNanos());
    checkNanos("authNanos", timing.getAuthNanos());
    checkNanos("startupNanos", timing.getStartupNanos());
    checkNanos("kernelStartupNanos", timing.getKernelStartupNanos());
    checkNanos("startupRunQueueNanos", timing.getStartupRunQueueNanos());
    checkNanos("startupCpuNanos", timing.getStartupCpuNanos());
  }

  private static void check(SelfTestReport report) {
    checkId(report.getId());
    checkCohort(report.getCohort());
    int comparisons = report.getComparisons().size();
    require(
        comparisons <= MAX_COMPARISONS,
        () -> "%d comparisons, at most %d".formatted(comparisons, MAX_COMPARISONS));
    report.getComparisons().forEach(Checks::check);
  }

  private static void check(SelfTestComparison comparison) {
    int length = comparison.getCommand().length();
    require(
        COMMAND.matcher(comparison.getCommand()).matches(),
        () ->
            "command is not printable ASCII with single blanks, or too long (%d characters)"
                .formatted(length));
    require(comparison.getRuns() >= 1, () -> "runs is " + comparison.getRuns());
    checkNanos("serviceWallNanos", comparison.getServiceWallNanos());
    checkNanos("otherWallNanos", comparison.getOtherWallNanos());
    checkNanos("serviceCpuNanos", comparison.getServiceCpuNanos());
    checkNanos("otherCpuNanos", comparison.getOtherCpuNanos());
    checkProbability("wallPValue", comparison.getWallPValue());
    checkProbability("cpuPValue", comparison.getCpuPValue());
  }

  private static void check(HostFingerprint fingerprint) {
    checkCohort(fingerprint.getCohort());
    int objects = fingerprint.getObjects().size();
    require(objects <= MAX_OBJECTS, () -> "%d objects, at most %d".formatted(objects, MAX_OBJECTS));
    checkText("kernelRelease", fingerprint.getKernelRelease());
    checkText("cpuModel", fingerprint.getCpuModel());
    checkText("cpuGovernor", fingerprint.getCpuGovernor());
    checkText("sshdConfigSha256", fingerprint.getSshdConfigSha256());
    fingerprint
        .getPreviousInspectionAt()
        .ifPresent(
            at ->
                require(
                    !at.isAfter(fingerprint.getAt()),
                    () -> "previousInspectionAt is after the inspection"));
    fingerprint.getObjects().forEach(Checks::check);
    int text = fingerprint.getObjects().stream().mapToInt(Checks::text).sum();
    require(
        text <= MAX_ALL_TEXT,
        () -> "objects have %d characters, at most %d".formatted(text, MAX_ALL_TEXT));
  }

  private static int text(MappedObject object) {
    return object.getPath().length()
        + object.getSha256().length()
        + object.getBuildId().length()
        + object.getPackage$().length()
        + object.getVersion().length()
        + object.getDevice().length()
        + object.getNeeded().stream().mapToInt(String::length).sum()
        + object.getNeededBy().stream().mapToInt(String::length).sum();
  }

  private static void check(MappedObject object) {
    checkText("path", object.getPath());
    checkText("sha256", object.getSha256());
    checkText("package", object.getPackage$());
    checkText("version", object.getVersion());
    require(
        object.getNeededBy().size() <= MAX_CHAIN,
        () ->
            "neededBy has %d paths, at most %d".formatted(object.getNeededBy().size(), MAX_CHAIN));
    object.getNeededBy().forEach(path -> checkText("neededBy", path));
  }

  private static void checkText(String field, String text) {
    require(
        text.length() <= MAX_TEXT,
        () -> "%s has %d characters, at most %d".formatted(field, text.length(), MAX_TEXT));
  }

  private static void checkProbability(String name, double p) {
    require(p > 0 && p <= 1, () -> name + " is " + p);
  }

  private static void check(CollectorStatus status) {
    status
        .getInventoryAt()
        .ifPresent(
            at -> require(!at.isAfter(status.getAt()), () -> "inventoryAt is after the heartbeat"));
    for (var source : status.getSources()) {
      checkCount("source lost", source.getLost());
    }
    status.getRecordsDropped().values().forEach(n -> checkCount("recordsDropped", n));
    int runs = status.getRuns().size();
    require(runs <= MAX_RUNS, () -> "%d runs, at most %d".formatted(runs, MAX_RUNS));
    status.getRuns().forEach(Checks::check);
    status
        .getSpool()
        .flatMap(SpoolStatus::getOldestAt)
        .ifPresent(
            at -> require(!at.isAfter(status.getAt()), () -> "oldestAt is after the heartbeat"));
  }

  private static void check(RunProgress progress) {
    int length = progress.getCollector().length();
    require(
        length >= 1 && length <= MAX_COLLECTOR_LENGTH,
        () -> "the collector of a run has %d characters".formatted(length));
    checkSequence("assigned", progress.getAssigned());
    checkSequence("settled", progress.getSettled());
    checkCount("unaccounted", progress.getUnaccounted());
    require(
        progress.getSettled() <= progress.getAssigned(),
        () ->
            "settled is %d, assigned is %d"
                .formatted(progress.getSettled(), progress.getAssigned()));
    for (var counts : List.of(progress.getDropped(), progress.getLastAcknowledged())) {
      require(
          counts.size() <= MAX_COUNTS,
          () -> "%d counts of a run, at most %d".formatted(counts.size(), MAX_COUNTS));
      counts.values().forEach(count -> checkCount("count of a run", count));
    }
  }

  private static void checkId(String id) {
    require(
        ID.matcher(id).matches(),
        () -> "id is not 32 hexadecimal digits (%d characters)".formatted(id.length()));
  }

  private static void checkCohort(String cohort) {
    require(
        cohort.isEmpty() || Names.COHORT.matcher(cohort).matches(),
        () -> "cohort is not a valid name (%d characters)".formatted(cohort.length()));
  }

  private static void checkSequence(String field, long number) {
    require(number >= 0 && number <= MAX_SEQUENCE, () -> field + " is " + number);
  }

  private static void checkCount(String field, long count) {
    require(count >= 0, () -> field + " is " + count);
  }

  private static void checkNanos(String field, Optional<Long> nanos) {
    nanos.ifPresent(n -> require(n >= 0 && n <= MAX_NANOS, () -> field + " is " + n));
  }

  private static void checkNanos(String field, double nanos) {
    // Both comparisons are false for NaN.
    require(nanos >= 0 && nanos <= MAX_NANOS, () -> field + " is " + nanos);
  }

  private static void require(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new InsaneRecordException(message.get());
    }
  }
}
