package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.streams.telemetry.InsaneRecordException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rejects records that cannot be true. Everything downstream may rely on this: the key is the
/// host; host and id are well formed; event time is within the [TimeBounds]; no duration, count or
/// sequence is negative; no duration exceeds a year.
public final class Checks {
  private Checks() {}

  /// @throws InsaneRecordException if there is no value: telemetry has no tombstones
  public static <V> V present(@Nullable V value) {
    if (value == null) {
      throw new InsaneRecordException(Kind.NO_VALUE, "no value");
    }
    return value;
  }

  /// @throws InsaneRecordException if the record cannot be true
  public static void check(@Nullable String key, Input input, TimeBounds bounds, Instant now) {
    switch (input) {
      case Telemetry telemetry -> check(key, telemetry, bounds, now);
      case Input.Control control -> check(key, control, bounds, now);
      case Input.Forged _ -> {}
    }
  }

  private static void check(
      @Nullable String key, Telemetry telemetry, TimeBounds bounds, Instant now) {
    var host = telemetry.host();
    checkHost(host);
    require(telemetry.key().equals(key), Kind.KEY, () -> "key is not the host of the record");
    int collector = telemetry.collector().length();
    require(
        collector >= 1 && collector <= Bounds.COLLECTOR,
        () -> "collector has %d characters, not 1 to %d".formatted(collector, Bounds.COLLECTOR));
    checkSequence("sequence", telemetry.sequence());
    checkTime(telemetry.at(), bounds.ofClocks(), now);
    switch (telemetry) {
      case Telemetry.Authentication(AuthTiming timing) -> check(timing);
      case Telemetry.Session(SessionCpu cpu) -> check(cpu);
      case Telemetry.Probe(ProbeTiming timing) -> check(timing);
      case Telemetry.SelfTest(SelfTestReport report) -> check(report);
      case Telemetry.Inventory(HostFingerprint fingerprint) -> check(fingerprint);
      case Telemetry.Heartbeat(CollectorStatus status) -> check(status);
      case Telemetry.Tampering(TamperEvidence evidence) -> check(evidence);
    }
  }

  private static void check(
      @Nullable String key, Input.Control input, TimeBounds bounds, Instant now) {
    var control = input.control();
    check(control, input.key());
    // Decisions are kept for longer than telemetry, so no bound of the past applies.
    require(
        !input.at().isAfter(now.plus(bounds.future())),
        Kind.TIME,
        () -> "the decision is of %s, more than %s ahead".formatted(input.at(), bounds.future()));
    require(input.key().equals(key), Kind.KEY, () -> "key is not the host or cohort of the record");
  }

  static void check(AlertControl control, String key) {
    checkId(control.getAlertId());
    require(
        (control.getHost().isEmpty() ? Names.COHORT : Names.HOST).matcher(key).matches(),
        () -> "neither host nor cohort is a valid name");
    checkText("subject", control.getSubject());
    var acknowledgement = control.getAcknowledgement();
    checkText("who", acknowledgement.getWho());
    checkText("why", acknowledgement.getWhy());
    require(
        !acknowledgement.getAt().isBefore(Instant.EPOCH),
        Kind.TIME,
        () -> "the decision is of " + acknowledgement.getAt());
  }

  /// Of times that are not judged it is enough that one can calculate with them.
  private static void checkInstant(String field, Instant at) {
    require(
        !at.isBefore(Bounds.EARLIEST) && !at.isAfter(Bounds.LATEST),
        Kind.TIME,
        () -> field + " is " + at);
  }

  private static void check(AuthTiming timing) {
    checkId(timing.getId());
    checkCohort(timing.getCohort());
    checkInstant("connectedAt", timing.getConnectedAt());
    timing.getSeenSince().ifPresent(at -> checkInstant("seenSince", at));
    checkText("executable", timing.getExecutable());
    timing.getUserPseudonym().ifPresent(name -> checkText("userPseudonym", name));
    timing.getSourcePseudonym().ifPresent(name -> checkText("sourcePseudonym", name));
    timing.getKeyPseudonym().ifPresent(name -> checkText("keyPseudonym", name));
    timing.getProbe().ifPresent(id -> checkText("probe", id));
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
    checkInstant("connectedAt", cpu.getConnectedAt());
    cpu.getSeenSince().ifPresent(at -> checkInstant("seenSince", at));
    require(
        !cpu.getEndedAt().isBefore(cpu.getConnectedAt()), () -> "endedAt is before connectedAt");
    // A session may last for years; only its CPU time is judged.
    checkCount("wallNanos", cpu.getWallNanos());
    checkNanos("totalCpuNanos", cpu.getTotalCpuNanos());
    checkCount("lostEvents", cpu.getLostEvents());
    checkText("executable", cpu.getExecutable());
    cpu.getProbe().ifPresent(id -> checkText("probe", id));
    checkSize("parts of cpu", cpu.getCpu().size(), Bounds.CPU_PARTS);
    // Parts are added up, so their sum is bounded like each of them.
    long nanos = 0;
    long runQueue = 0;
    for (PhaseCpu part : cpu.getCpu()) {
      checkNanos("cpuNanos", Optional.of(part.getCpuNanos()));
      checkNanos("runQueueNanos", Optional.of(part.getRunQueueNanos()));
      nanos += part.getCpuNanos();
      runQueue += part.getRunQueueNanos();
    }
    checkNanos("the sum of cpuNanos", Optional.of(nanos));
    checkNanos("the sum of runQueueNanos", Optional.of(runQueue));
    checkSize("sessions", cpu.getOpenedSessions().size(), Bounds.SESSIONS);
    int text = 0;
    for (OpenedSession session : cpu.getOpenedSessions()) {
      check(session);
      text += session.getPrograms().stream().mapToInt(Bounds::textOf).sum();
    }
    checkSize("bytes of text in programs", text, Bounds.PROGRAMS_TEXT);
  }

  private static void check(OpenedSession session) {
    checkInstant("startedAt of a session", session.getStartedAt());
    session.getWallNanos().ifPresent(nanos -> checkCount("wallNanos of a session", nanos));
    checkSize("programs", session.getPrograms().size(), Bounds.PROGRAMS);
    for (StartedProgram program : session.getPrograms()) {
      checkText("path of a program", program.getPath());
      require(program.getStarts() >= 1, () -> "starts of a program is " + program.getStarts());
    }
    checkCount("furtherStarts", session.getFurtherStarts());
  }

  private static void check(ProbeTiming timing) {
    checkId(timing.getId());
    checkCohort(timing.getCohort());
    checkText("target", timing.getTarget());
    checkText("server", timing.getServer());
    checkText("detail", timing.getDetail());
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
        comparisons <= Bounds.COMPARISONS,
        () -> "%d comparisons, at most %d".formatted(comparisons, Bounds.COMPARISONS));
    report.getComparisons().forEach(Checks::check);
  }

  private static void check(SelfTestComparison comparison) {
    int length = comparison.getCommand().length();
    require(
        Bounds.COMMAND.matcher(comparison.getCommand()).matches(),
        () ->
            "command is not printable ASCII with single blanks, or too long (%d characters)"
                .formatted(length));
    require(
        comparison.getRuns() >= 1 && comparison.getRuns() <= Bounds.COMPARED_RUNS,
        () -> "runs is " + comparison.getRuns());
    checkNanos("serviceWallNanos", comparison.getServiceWallNanos());
    checkNanos("otherWallNanos", comparison.getOtherWallNanos());
    checkNanos("serviceCpuNanos", comparison.getServiceCpuNanos());
    checkNanos("otherCpuNanos", comparison.getOtherCpuNanos());
    checkProbability("wallPValue", comparison.getWallPValue());
    checkProbability("cpuPValue", comparison.getCpuPValue());
  }

  static void check(HostFingerprint fingerprint) {
    checkCohort(fingerprint.getCohort());
    int objects = fingerprint.getObjects().size();
    require(
        objects <= Bounds.OBJECTS,
        () -> "%d objects, at most %d".formatted(objects, Bounds.OBJECTS));
    checkText("kernelRelease", fingerprint.getKernelRelease());
    checkText("machine", fingerprint.getMachine());
    checkText("opensslVersion", fingerprint.getOpensslVersion());
    checkText("cpuModel", fingerprint.getCpuModel());
    checkText("distribution", fingerprint.getDistribution());
    checkText("cpuGovernor", fingerprint.getCpuGovernor());
    checkText("sshdConfigSha256", fingerprint.getSshdConfigSha256());
    checkInstant("bootedAt", fingerprint.getBootedAt());
    fingerprint.getListenerStartedAt().ifPresent(at -> checkInstant("listenerStartedAt", at));
    fingerprint.getMonitorStartedAt().ifPresent(at -> checkInstant("monitorStartedAt", at));
    fingerprint
        .getPreviousInspectionAt()
        .ifPresent(
            at -> {
              checkInstant("previousInspectionAt", at);
              require(
                  !at.isAfter(fingerprint.getAt()),
                  () -> "previousInspectionAt is after the inspection");
            });
    fingerprint.getObjects().forEach(Checks::check);
    int text = fingerprint.getObjects().stream().mapToInt(Bounds::textOf).sum();
    require(
        text <= Bounds.OBJECTS_TEXT,
        () -> "objects have %d bytes of text, at most %d".formatted(text, Bounds.OBJECTS_TEXT));
  }

  private static void check(MappedObject object) {
    checkText("path", object.getPath());
    checkInstant("mtime", object.getMtime());
    checkInstant("installedAt", object.getInstalledAt());
    int processes = object.getProcesses().size();
    require(
        processes <= Bounds.PROCESSES,
        () -> "an object is in %d processes, at most %d".formatted(processes, Bounds.PROCESSES));
    checkText("sha256", object.getSha256());
    checkText("package", object.getPackage$());
    checkText("version", object.getVersion());
    checkText("sourcePackage", object.getSourcePackage());
    checkText("device", object.getDevice());
    checkText("buildId", object.getBuildId());
    checkSize("names in needed", object.getNeeded().size(), Bounds.OBJECTS);
    object.getNeeded().forEach(name -> checkText("needed", name));
    require(
        object.getNeededBy().size() <= Bounds.CHAIN,
        () ->
            "neededBy has %d paths, at most %d"
                .formatted(object.getNeededBy().size(), Bounds.CHAIN));
    object.getNeededBy().forEach(path -> checkText("neededBy", path));
  }

  private static void check(TamperEvidence evidence) {
    checkId(evidence.getId());
    checkCohort(evidence.getCohort());
    checkLabel("rule", evidence.getRule());
    checkText("about", evidence.getAbout());
    int facts = evidence.getFacts().size();
    require(facts <= Bounds.FACTS, () -> "%d facts, at most %d".formatted(facts, Bounds.FACTS));
    evidence.getFacts().forEach(Checks::check);
    int text = evidence.getFacts().stream().mapToInt(Bounds::textOf).sum();
    require(
        text <= Bounds.FACTS_TEXT,
        () -> "facts have %d bytes of text, at most %d".formatted(text, Bounds.FACTS_TEXT));
  }

  private static void check(TamperFact fact) {
    checkText("object", fact.getObject());
    int statements = fact.getStatements().size();
    require(
        statements <= Bounds.STATEMENTS,
        () -> "%d statements, at most %d".formatted(statements, Bounds.STATEMENTS));
    for (Statement statement : fact.getStatements()) {
      checkLabel("source of a statement", statement.getSource());
      checkText("text of a statement", statement.getText());
    }
  }

  static void checkTime(Instant at, TimeBounds bounds, Instant now) {
    require(
        bounds.contain(at, now),
        Kind.TIME,
        () ->
            "event time %s is out of bounds: at most %s before and %s after %s"
                .formatted(at, bounds.past(), bounds.future(), now));
  }

  private static void checkSize(String field, int size, int most) {
    require(size <= most, () -> "%d %s, at most %d".formatted(size, field, most));
  }

  private static void checkLabels(String field, Map<String, ?> counts) {
    checkSize("counts in " + field, counts.size(), Bounds.COUNTS);
    counts.keySet().forEach(label -> checkLabel(field, label));
  }

  private static void checkLabel(String field, String label) {
    require(
        Bounds.LABEL.matcher(label).matches(),
        () -> "%s has a name of %d characters that is no label".formatted(field, label.length()));
  }

  static void checkText(String field, String text) {
    require(
        text.length() <= Bounds.TEXT,
        () -> "%s has %d characters, at most %d".formatted(field, text.length(), Bounds.TEXT));
  }

  private static void checkProbability(String name, double p) {
    require(p > 0 && p <= 1, () -> name + " is " + p);
  }

  private static void check(CollectorStatus status) {
    checkInstant("startedAt", status.getStartedAt());
    status.getInventoryAt().ifPresent(at -> checkBefore("inventoryAt", at, status));
    int sources = status.getSources().size();
    require(
        sources <= Bounds.SOURCES,
        () -> "%d sources, at most %d".formatted(sources, Bounds.SOURCES));
    checkText("version", status.getVersion());
    long millis = status.getHeartbeatMillis();
    require(
        millis >= 0 && millis <= Bounds.HEARTBEAT.toMillis(),
        () -> "heartbeatMillis is %d, at most %d".formatted(millis, Bounds.HEARTBEAT.toMillis()));
    checkLabels("recordsDropped", status.getRecordsDropped());
    for (var source : status.getSources()) {
      checkLabel("source", source.getName());
      checkText("detail of a source", source.getDetail());
      checkLabels("dropped of a source", source.getDropped());
      source.getDropped().values().forEach(n -> checkCount("dropped of a source", n));
      checkCount("source lost", source.getLost());
    }
    status.getRecordsDropped().values().forEach(n -> checkCount("recordsDropped", n));
    int runs = status.getRuns().size();
    require(runs <= Bounds.RUNS, () -> "%d runs, at most %d".formatted(runs, Bounds.RUNS));
    status.getRuns().forEach(Checks::check);
    status.getSpool().ifPresent(spool -> checkText("detail of the spool", spool.getDetail()));
    status
        .getSpool()
        .flatMap(SpoolStatus::getOldestAt)
        .ifPresent(at -> checkBefore("oldestAt", at, status));
  }

  private static void checkBefore(String field, Instant at, CollectorStatus status) {
    checkInstant(field, at);
    require(!at.isAfter(status.getAt()), () -> field + " is after the heartbeat");
  }

  private static void check(RunProgress progress) {
    int length = progress.getCollector().length();
    require(
        length >= 1 && length <= Bounds.COLLECTOR,
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
      checkSize("counts of a run", counts.size(), Bounds.COUNTS);
      counts.keySet().forEach(name -> checkText("name of a count", name));
      counts.values().forEach(count -> checkCount("count of a run", count));
    }
    checkLabels("dropped of a run", progress.getDropped());
  }

  static void checkHost(String host) {
    require(
        Names.isHost(host),
        () -> "host is not a valid host name (%d characters)".formatted(host.length()));
  }

  static void checkId(String id) {
    require(
        Bounds.ID.matcher(id).matches(),
        () -> "id is not 32 hexadecimal digits (%d characters)".formatted(id.length()));
  }

  static void checkCohort(String cohort) {
    require(
        cohort.isEmpty() || Names.COHORT.matcher(cohort).matches(),
        () -> "cohort is not a valid name (%d characters)".formatted(cohort.length()));
  }

  private static void checkSequence(String field, long number) {
    require(number >= 0 && number <= Bounds.SEQUENCE, () -> field + " is " + number);
  }

  static void checkCount(String field, long count) {
    require(count >= 0, () -> field + " is " + count);
  }

  private static void checkNanos(String field, Optional<Long> nanos) {
    nanos.ifPresent(n -> require(Bounds.isDuration(n), () -> field + " is " + n));
  }

  private static void checkNanos(String field, double nanos) {
    require(Bounds.isDuration(nanos), () -> field + " is " + nanos);
  }

  static void require(boolean condition, Supplier<String> message) {
    require(condition, Kind.VALUE, message);
  }

  static void require(boolean condition, Kind kind, Supplier<String> message) {
    if (!condition) {
      throw new InsaneRecordException(kind, message.get());
    }
  }
}
