package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.SelfTestResource;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Unit;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Alerts as the topology writes them.
public final class Given {
  public static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

  private Given() {}

  public static Alert.Builder startup(String id) {
    return Alert.newBuilder()
        .setScope(AlertScope.HOST)
        .setAlertId(id)
        .setState(AlertState.OPENED)
        .setRevision(0)
        .setTier(Tier.STEP)
        .setHost("web-17")
        .setCohort("debian-12-x86_64")
        .setSubject("startup/all")
        .setAt(NOON)
        .setOpenedAt(NOON)
        .setOnset(NOON.minusSeconds(30))
        .setFinding(
            ShiftFinding.newBuilder()
                .setSignal(Signal.STARTUP)
                .setStratum("all")
                .setDirection(Direction.UP)
                .setPhase(Phase.STARTUP)
                .setUnit(Unit.NANOSECONDS)
                .setBefore(quantiles(8.2e6))
                .setAfter(quantiles(511e6))
                .setShift(503e6)
                .setShiftLow(498e6)
                .setShiftHigh(509e6)
                .setPreliminary(true)
                .setConnections(14)
                .setVotes(6)
                .setEvidenceDays(9_400.0)
                .setLimitDays(1_826.0)
                .build())
        .setSummary("web-17: sshd startup 8.2 ms → 511 ms.");
  }

  /// An incident of hosts, each with the alerts named.
  public static Alert.Builder incident(String id, Map<String, List<String>> alertsByHost) {
    return startup(id)
        .setScope(AlertScope.INCIDENT)
        .setHost("")
        .setMembers(
            alertsByHost.entrySet().stream()
                .map(
                    member ->
                        Member.newBuilder()
                            .setHost(member.getKey())
                            .setAlertIds(member.getValue())
                            .setOnset(NOON.minusSeconds(30))
                            .build())
                .toList())
        .setSummary("2 hosts of debian-12-x86_64: sshd startup 8.2 ms → 511 ms.");
  }

  /// A program that costs half a second more as a service.
  public static Alert.Builder selfTest(String id) {
    return startup(id)
        .setSubject("selftest/sshd/term-set")
        .setFinding(
            SelfTestFinding.newBuilder()
                .setCommand("sshd -V")
                .setEnvironment(SelfTestEnvironment.TERMINAL)
                .setResource(SelfTestResource.CPU_TIME)
                .setRuns(20)
                .setServiceNanos(510_000_000L)
                .setOtherNanos(4_000_000L)
                .setPValue(1e-9)
                .setEvidenceDays(9_400.0)
                .setLimitDays(1_826.0)
                .build())
        .setSummary("web-17: sshd -V takes 510 ms as a service.");
  }

  /// A fact that has no size.
  public static Alert.Builder contradiction(String id, String subject) {
    return startup(id)
        .setSubject(subject)
        .setFinding(
            ContradictionFinding.newBuilder()
                .setRule(subject.substring(subject.indexOf('/') + 1))
                .setAbout("what two sources say")
                .build())
        .setSummary("web-17: what two sources say.");
  }

  static Acknowledgement word(Decision decision) {
    return Acknowledgement.newBuilder()
        .setDecision(decision)
        .setWho("alice@bastion")
        .setAt(NOON.plusSeconds(60))
        .setWhy("change 4711")
        .build();
  }

  /// An alert on which something was decided.
  static Alert.Builder decided(String id, Decision decision) {
    return startup(id)
        .setState(AlertState.ACKNOWLEDGED)
        .setRevision(2)
        .setAcknowledgement(word(decision));
  }

  private static Quantiles quantiles(double p50) {
    return new Quantiles(310L, p50, p50 * 1.5, p50 * 2);
  }
}
