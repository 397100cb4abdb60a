package io.halfsecond.streams.attribution;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.hash;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.object;
import static io.halfsecond.streams.Given.objects;
import static io.halfsecond.streams.Given.shifted;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuspectsTest {
  private static final String HOST = "web-17";
  private static final Instant ONSET = START.plus(Duration.ofHours(6));

  private final HostHistories histories = new HostHistories(new MapStore());

  @BeforeEach
  void begin() {
    inspect(fingerprint(0, START));
  }

  private void inspect(HostFingerprint.Builder fingerprint) {
    var found = fingerprint.build();
    histories.take(HOST, new Inspection(found.getAt(), Optional.of(found)));
  }

  /// A fingerprint whose previous inspection, ten seconds earlier, found no change.
  private static HostFingerprint.Builder at(Instant at) {
    return fingerprint(1, at).setPreviousInspectionAt(at.minusSeconds(10));
  }

  /// The last normal login was a minute before the first slow one.
  private static Alert alert() {
    return Alert.newBuilder()
        .setAlertId("00")
        .setRevision(0)
        .setHost(HOST)
        .setSubject("startup/all")
        .setAt(ONSET)
        .setTier(Tier.STEP)
        .setOpenedAt(ONSET)
        .setOnset(ONSET)
        .setOnsetNotBefore(ONSET.minusSeconds(60))
        .setOnsetNotAfter(ONSET)
        .setFinding(shifted().build())
        .setSummary("")
        .build();
  }

  /// Connections wait for a CPU for a larger share of their runnable time.
  private static Alert busier() {
    var alert = alert();
    alert.setFinding(shifted().setWaitingBefore(0.05).setWaitingAfter(0.4).build());
    return alert;
  }

  private Explanation explain(Alert alert) {
    return Suspects.of(alert, histories.of(HOST), histories.inspectedAt(HOST), Optional.empty());
  }

  private List<ChangeKind> suspects(Alert alert) {
    return explain(alert).changes().stream().filter(Change::getFits).map(Change::getKind).toList();
  }

  @Test
  void should_suspect_a_change_between_the_last_normal_and_the_first_slow_login() {
    inspect(at(ONSET.minusSeconds(30)).setObjects(objects(liblzma("5.6.1", 5))));

    var explanation = explain(alert());

    assertThat(explanation.attribution()).isEqualTo(Attribution.CHANGED);
    assertThat(explanation.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.getAfter()).isEqualTo(hash(5)));
  }

  @Test
  void should_mention_but_not_suspect_a_change_before_the_last_normal_login() {
    inspect(at(ONSET.minusSeconds(120)).setObjects(objects(liblzma("5.6.1", 5))));
    histories.take(HOST, new Inspection(ONSET.plusSeconds(1), Optional.empty()));

    var explanation = explain(alert());

    assertThat(explanation.attribution()).isEqualTo(Attribution.UNCHANGED);
    assertThat(explanation.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.getFits()).isFalse());
  }

  /// sshd with -r, and programs that are resolved on disk only, run the old file until a restart.
  @Test
  void should_suspect_an_object_that_a_restart_loaded_hours_after_its_installation() {
    var onDisk =
        objects(liblzma("5.6.1", 5).setObserved(Observed.RESOLVED).setProcesses(List.of()));
    inspect(at(ONSET.minus(Duration.ofHours(3))).setObjects(onDisk));
    inspect(
        at(ONSET.minusSeconds(20)).setObjects(onDisk).setListenerStartedAt(ONSET.minusSeconds(25)));

    assertThat(suspects(alert())).containsExactly(ChangeKind.OBJECT, ChangeKind.RESTART);
  }

  @Test
  void should_rank_objects_inside_before_packages_starts_configuration_kernel_and_load() {
    inspect(
        at(ONSET.minusSeconds(20))
            .setListenerStartedAt(ONSET.minusSeconds(25))
            .setSshdConfigSha256(hash(9))
            .setKernelRelease("6.1.0-19-amd64")
            .setObjects(
                List.of(
                    objects(liblzma("5.6.1", 5)).get(2),
                    objects().get(1),
                    io.halfsecond.schemas.MappedObject.newBuilder(objects().get(0))
                        .setVersion("1:9.2p1-3")
                        .build(),
                    object("/opt/libslow.so", 6).setNeededBy(List.of("a", "b", "c")).build())));
    var busier = busier();

    var changes = explain(busier).changes();

    assertThat(changes)
        .extracting(Change::getKind)
        .containsExactly(
            ChangeKind.OBJECT,
            ChangeKind.OBJECT,
            ChangeKind.PACKAGE,
            ChangeKind.RESTART,
            ChangeKind.CONFIGURATION,
            ChangeKind.KERNEL,
            ChangeKind.LOAD);
    assertThat(changes.getFirst().getSubject())
        .as("the library that was not there before, and that no package owns")
        .isEqualTo("/opt/libslow.so");
  }

  @Test
  void should_not_suspect_a_library_when_the_kernel_or_load_changed() {
    inspect(at(ONSET.minus(Duration.ofHours(2))).setObjects(objects(liblzma("5.6.1", 5))));
    inspect(
        at(ONSET.minusSeconds(5))
            .setObjects(objects(liblzma("5.6.1", 5)))
            .setKernelRelease("6.1.0-19-amd64")
            .setBootedAt(ONSET.minusSeconds(50))
            .setListenerStartedAt(ONSET.minusSeconds(40)));
    var rebooted = alert();
    var busy = busier();
    busy.setOnset(ONSET.plusSeconds(3600));
    busy.setOnsetNotBefore(ONSET.plusSeconds(3590));
    busy.setOnsetNotAfter(ONSET.plusSeconds(3600));

    assertThat(suspects(busy)).containsExactly(ChangeKind.LOAD);
    assertThat(suspects(rebooted)).containsExactly(ChangeKind.KERNEL, ChangeKind.BOOT);
  }

  @Test
  void should_not_say_of_the_cause_of_an_accepted_shift_that_connections_were_as_before() {
    inspect(at(ONSET.minusSeconds(30)).setObjects(objects(liblzma("5.6.1", 5))));
    var accepted = alert();
    accepted.setChanges(explain(accepted).changes());
    var later = alert();
    later.setOnset(ONSET.plusSeconds(3_600));
    later.setOnsetNotBefore(ONSET.plusSeconds(3_540));
    later.setOnsetNotAfter(ONSET.plusSeconds(3_600));
    histories.take(HOST, new Inspection(ONSET.plusSeconds(3_601), Optional.empty()));

    var explanation =
        Suspects.of(later, histories.of(HOST), histories.inspectedAt(HOST), Optional.of(accepted));

    assertThat(explain(later).changes()).hasSize(1);
    assertThat(explanation.attribution()).isEqualTo(Attribution.UNCHANGED);
    assertThat(explanation.changes()).isEmpty();
  }

  @Test
  void should_suspect_load_only_while_the_figures_show_it() {
    var busy = busier();
    busy.setAttribution(explain(busy).attribution());
    busy.setChanges(explain(busy).changes());
    var without = alert();
    without.setFinding(
        shifted().setWaitingBefore(0.05).setWaitingAfter(0.4).setWithoutLoad(true).build());

    assertThat(suspects(busy)).containsExactly(ChangeKind.LOAD);
    assertThat(explain(alert()).after(busy, ONSET)).isEqualTo(explain(alert()));
    assertThat(suspects(without)).isEmpty();
  }

  @Test
  void should_keep_what_was_found_for_the_same_onset_only() {
    inspect(at(ONSET.minusSeconds(30)).setObjects(objects(liblzma("5.6.1", 5))));
    var last = alert();
    last.setAttribution(Attribution.CHANGED);
    last.setChanges(explain(last).changes());
    var busy = explain(busier());

    var forgotten = new Explanation(Attribution.UNKNOWN, List.of());

    assertThat(forgotten.after(last, ONSET).changes()).isEqualTo(last.getChanges());
    assertThat(forgotten.after(last, ONSET.plusSeconds(1))).isEqualTo(forgotten);
    assertThat(
            new Explanation(Attribution.CHANGED, busy.changes().subList(1, 2))
                .after(last, ONSET)
                .changes())
        .extracting(Change::getKind)
        .containsExactly(ChangeKind.OBJECT, ChangeKind.LOAD);
  }

  @Test
  void should_report_unknown_until_the_host_was_inspected_before_and_after() {
    assertThat(explain(alert()).attribution())
        .as("not inspected since")
        .isEqualTo(Attribution.UNKNOWN);

    histories.take(HOST, new Inspection(ONSET, Optional.empty()));
    assertThat(explain(alert()).attribution()).isEqualTo(Attribution.UNCHANGED);

    assertThat(
            Suspects.of(alert(), Optional.empty(), Optional.empty(), Optional.empty())
                .attribution())
        .isEqualTo(Attribution.UNKNOWN);
    var drift = alert();
    drift.setTier(Tier.DRIFT);
    assertThat(explain(drift).attribution()).isEqualTo(Attribution.UNKNOWN);
  }

  @Test
  void should_keep_changes_for_a_month_and_ignore_an_inspection_that_is_no_later_than_the_last() {
    inspect(at(ONSET).setObjects(objects(liblzma("5.6.1", 5))));
    inspect(at(ONSET).setObjects(objects(liblzma("5.6.2", 8))));
    assertThat(histories.of(HOST).orElseThrow().getChanges()).hasSize(1);

    inspect(at(ONSET.plus(Duration.ofDays(31))).setObjects(objects(liblzma("5.6.1", 5))));
    assertThat(histories.of(HOST).orElseThrow().getChanges()).isEmpty();
    assertThat(histories.of(HOST).orElseThrow().getSince()).isEqualTo(START);
  }
}
