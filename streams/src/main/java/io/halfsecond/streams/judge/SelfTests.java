package io.halfsecond.streams.judge;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.alert.Verdict.Subject;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.selftest.SelfTestJudge;
import io.halfsecond.streams.selftest.SelfTestJudge.Finding;
import io.halfsecond.streams.selftest.SelfTestState;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.telemetry.HostState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// Has self-tests judged, see [SelfTestJudge], and keeps the hosts' states in a store of bytes, by
/// host.
final class SelfTests {
  private final ByteStore store;
  private final Function<String, HostState> hosts;

  SelfTests(ByteStore store, Function<String, HostState> hosts) {
    this.store = store;
    this.hosts = hosts;
  }

  List<Verdict> take(SelfTestReport report, double limitDays) {
    var host = report.getHost();
    var state = state(host);
    var findings = SelfTestJudge.take(state, report, limitDays);
    store.put(host, state.toBytes());
    return findings.stream().map(finding -> verdict(host, finding, Optional.empty())).toList();
  }

  /// A person has decided about an alert of a host.
  ///
  /// @return empty if it is about none of these
  Optional<Verdict> decide(AlertControl control) {
    var host = control.getHost();
    var state = state(host);
    var word = control.getAcknowledgement();
    BiPredicate<String, Instant> meant =
        (stratum, openedAt) ->
            AlertIds.of(subject(host, stratum), openedAt).equals(control.getAlertId());
    Optional<Verdict> verdict =
        switch (word.getDecision()) {
          case ACCEPT ->
              SelfTestJudge.accept(state, meant, word.getAt())
                  .map(finding -> verdict(host, finding, Optional.of(word)));
          case DISMISS ->
              SelfTestJudge.dismiss(state, meant, word.getAt())
                  .map(finding -> verdict(host, finding, Optional.of(word)));
          case ROLL_BACK ->
              SelfTestJudge.rollBack(state, meant)
                  .map(
                      stratum ->
                          new Verdict.RolledBack(
                              subject(host, stratum), control.getAlertId(), word));
          // Of a newer version of the command.
          case UNKNOWN -> Optional.empty();
        };
    if (verdict.isPresent()) {
      store.put(host, state.toBytes());
    }
    return verdict;
  }

  private SelfTestState state(String host) {
    byte[] bytes = store.get(host);
    return bytes == null ? SelfTestState.fresh() : SelfTestState.fromBytes(bytes);
  }

  private Verdict verdict(String host, Finding finding, Optional<Acknowledgement> word) {
    return new Verdict.Step(
        subject(host, finding.stratum()),
        finding.step(),
        1,
        hosts.apply(host).completeSince(finding.step().facts().onset()),
        word);
  }

  private Subject subject(String host, String stratum) {
    return new Subject(
        new SignalKey(host, Signal.SELFTEST, stratum), hosts.apply(host).cohort(), false);
  }
}
