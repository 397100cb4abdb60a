package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.hash;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.objects;
import static io.halfsecond.streams.Logins.LEARNED;
import static io.halfsecond.streams.Logins.SHIFTED;
import static io.halfsecond.streams.Logins.inState;
import static io.halfsecond.streams.Logins.login;
import static io.halfsecond.streams.Logins.minute;
import static io.halfsecond.streams.Logins.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.streams.alert.FindingView;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The changes that an alert reports.
class AttributionTopologyTest {
  /// A number that no login has: a collector gives each number once.
  private static HostFingerprint.Builder inspected(long n, Instant at) {
    return fingerprint(1_000_000 + n, at);
  }

  @TempDir private Path stateDirectory;

  private static final int AFTERWARDS = LEARNED + SHIFTED;

  private static void learn(Harness harness) {
    harness.send(inspected(0, START));
    send(harness, 0, LEARNED, Logins::unchanged);
  }

  /// An inspection ten seconds before the first slow login. The previous one was ten seconds
  /// earlier.
  private static HostFingerprint.Builder inspected() {
    return inspected(LEARNED - 1, minute(LEARNED).minusSeconds(10))
        .setPreviousInspectionAt(minute(LEARNED).minusSeconds(20));
  }

  /// A heartbeat that tells of an inspection without a change. Records are in flight, so that the
  /// numbers before it do not count as missing.
  private static CollectorStatus.Builder inspectedAgain(int n) {
    return heartbeat(1_100_000 + n, minute(n)).setInventoryAt(minute(n)).setRecordsInFlight(2);
  }

  private static HostFingerprint.Builder upgraded(HostFingerprint.Builder fingerprint) {
    return fingerprint
        .setListenerStartedAt(minute(LEARNED).minusSeconds(11))
        .setObjects(objects(liblzma("5.6.1", 5)));
  }

  private static Alert startup(List<Alert> alerts) {
    return inState(alerts, AlertState.OPENED).stream()
        .filter(alert -> FindingView.signal(alert).equals("startup"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void should_name_the_library_its_hashes_its_package_the_restart_and_the_dependency_chain() {
    try (var harness = new Harness(stateDirectory)) {
      learn(harness);

      harness.send(upgraded(inspected()));
      send(harness, LEARNED, AFTERWARDS, Logins::backdoored);

      var alert = startup(harness.alerts());
      assertThat(alert.getAttribution()).isEqualTo(Attribution.CHANGED);
      assertThat(alert.getChanges())
          .extracting(Change::getKind)
          .containsExactly(ChangeKind.OBJECT, ChangeKind.RESTART);
      assertThat(alert.getTelemetryComplete()).isTrue();
      assertThat(alert.getSummary())
          .contains(
              ". Began 18 s after liblzma.so.5.6.1 (liblzma5 5.4.5-1 → 5.6.1-1); sshd started"
                  + " 2024-03-29 20:19:49Z. ");
    }
  }

  /// The collector inspects the host every few minutes, so an alert may open before an inspection.
  @Test
  void should_add_the_change_when_it_is_found_after_the_alert_has_opened() {
    try (var harness = new Harness(stateDirectory)) {
      learn(harness);
      send(harness, LEARNED, AFTERWARDS, Logins::backdoored);
      assertThat(startup(harness.alerts()).getAttribution()).isEqualTo(Attribution.UNKNOWN);

      harness.send(
          upgraded(
              inspected(AFTERWARDS, minute(AFTERWARDS))
                  .setPreviousInspectionAt(minute(LEARNED).minusSeconds(20))));

      var updated = harness.alerts();
      assertThat(updated)
          .extracting(FindingView::signal)
          .containsExactlyInAnyOrder("startup", "cpu-startup");
      assertThat(updated)
          .allSatisfy(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.UPDATED);
                assertThat(alert.getRevision()).isPositive();
                assertThat(alert.getChanges().getFirst().getAfter()).isEqualTo(hash(5));
              });
      harness.send(inspectedAgain(AFTERWARDS + 1));
      assertThat(harness.alerts()).as("an unchanged explanation is not sent again").isEmpty();
    }
  }

  @Test
  void should_report_that_nothing_has_changed_after_the_next_inspection() {
    try (var harness = new Harness(stateDirectory)) {
      learn(harness);
      send(harness, LEARNED, AFTERWARDS, Logins::backdoored);
      assertThat(startup(harness.alerts()).getSummary()).contains("What changed is not known.");

      harness.send(inspectedAgain(AFTERWARDS));

      assertThat(harness.alerts())
          .hasSize(2)
          .allSatisfy(
              alert -> {
                assertThat(alert.getAttribution()).isEqualTo(Attribution.UNCHANGED);
                assertThat(alert.getSummary()).contains("No change found that could be why");
              });
    }
  }

  @Test
  void should_name_load_and_not_an_earlier_library() {
    try (var harness = new Harness(stateDirectory)) {
      learn(harness);
      harness.send(
          inspected(LEARNED - 1, minute(LEARNED - 60)).setObjects(objects(liblzma("5.6.1", 5))));
      // sshd waits for a CPU for a fifth of its runnable time, and shared caches slow it down.
      send(
          harness,
          LEARNED,
          AFTERWARDS,
          login ->
              login
                  .setStartupRunQueueNanos(2 * MILLI)
                  .setStartupNanos(login.getStartupNanos() + 30 * MILLI));

      var alert = startup(harness.alerts());
      assertThat(alert.getChanges())
          .filteredOn(Change::getFits)
          .extracting(Change::getKind)
          .containsExactly(ChangeKind.LOAD);
      assertThat(alert.getSummary())
          .contains(
              "Began with more load.",
              "Earlier on, 1 h 0 min before, ",
              "the host is busier, which may be the reason");
    }
  }

  @Test
  void should_name_the_kernel_and_not_a_library_that_did_not_slow_earlier_logins() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send(inspected(0, START));
      send(harness, 0, 100, Logins::unchanged);
      harness.send(
          inspected(99, minute(100).minusSeconds(10)).setObjects(objects(liblzma("5.6.1", 5))));
      send(harness, 100, LEARNED, Logins::unchanged);

      var booted = minute(LEARNED).minusSeconds(40);
      harness.send(
          inspected()
              .setKernelRelease("6.1.0-19-amd64")
              .setBootedAt(booted)
              .setListenerStartedAt(booted.plusSeconds(9))
              .setObjects(objects(liblzma("5.6.1", 5))));
      send(harness, LEARNED, AFTERWARDS, Logins::backdoored);

      var alert = startup(harness.alerts());
      assertThat(alert.getChanges())
          .filteredOn(Change::getFits)
          .extracting(Change::getKind)
          .containsExactly(ChangeKind.KERNEL, ChangeKind.BOOT);
      assertThat(alert.getSummary())
          .contains("after kernel 6.1.0-18-amd64 → 6.1.0-19-amd64; the host started ")
          .contains(
              "Earlier on, 6 h 40 min before, but connections were as before after it:"
                  + " liblzma.so.5.6.1 (");
    }
  }
}
