package io.halfsecond.streams.incident;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.AlertChange;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// All state of incidents is in the stores.
class RestartTest {
  private static final String COHORT = "debian-12";
  private static final int HOSTS = 30;
  private static final int UPGRADED = 8;

  private final List<Alert> written = new ArrayList<>();
  private final Incidents.IncidentStores stores =
      new Incidents.IncidentStores(new MapStore(), new MapStore(), new MapStore());

  private void take(List<AlertChange> changes) {
    changes.forEach(change -> written.addAll(change.records()));
  }

  private Incidents incidents() {
    return new Incidents(stores, new Budget.PerHostYear(1));
  }

  @Test
  void should_publish_the_same_when_restarted_before_each_input() {
    var news = news();
    var once = incidents();
    news.forEach(each -> take(each.apply(once)));
    var expected = List.copyOf(written);

    var again = new RestartTest();
    news.forEach(
        each -> {
          var restarted = again.incidents();
          again.take(each.apply(restarted));
          restarted.write();
        });

    assertThat(expected)
        .extracting(Alert::getState)
        .contains(AlertState.OPENED, AlertState.CONFIRMED, AlertState.UPDATED, AlertState.RESOLVED);
    assertThat(again.written).isEqualTo(expected);
  }

  /// Some hosts are upgraded and become slower, two of them have alerts, and then all return to
  /// normal.
  private static List<Function<Incidents, List<AlertChange>>> news() {
    var news = new ArrayList<Function<Incidents, List<AlertChange>>>();
    var random = new SplittableRandom(5);
    for (int host = 0; host < HOSTS; host++) {
      var first = fingerprint(0, START).setHost(name(host)).setCohort(COHORT).build();
      news.add(incidents -> incidents.take(first));
    }
    var upgradedAt = START.plus(Duration.ofHours(2));
    for (var at = START;
        at.isBefore(START.plus(Duration.ofHours(9)));
        at = at.plus(Duration.ofMinutes(4))) {
      if (at.equals(upgradedAt)) {
        upgrade(news, at);
      }
      if (at.equals(upgradedAt.plus(Duration.ofHours(2)))) {
        alert(news, at, 1, AlertState.OPENED);
        alert(news, at.plusSeconds(9), 12, AlertState.OPENED);
      }
      if (at.equals(upgradedAt.plus(Duration.ofHours(6)))) {
        alert(news, at, 1, AlertState.RESOLVED);
        alert(news, at.plusSeconds(9), 12, AlertState.RESOLVED);
      }
      boolean slow = !at.isBefore(upgradedAt) && at.isBefore(upgradedAt.plus(Duration.ofHours(4)));
      for (int host = 0; host < HOSTS; host++) {
        if (random.nextInt(5) == 0) {
          double value =
              8e6 * Math.exp(0.1 * random.nextGaussian()) + (slow && host < UPGRADED ? 50e6 : 0);
          measure(news, at.plusSeconds(host), host, value);
        }
      }
    }
    return news;
  }

  private static void upgrade(List<Function<Incidents, List<AlertChange>>> news, Instant at) {
    for (int host = 0; host < UPGRADED; host++) {
      var now =
          fingerprint(1, at.plusMillis(host))
              .setHost(name(host))
              .setCohort(COHORT)
              .setObjects(objects(liblzma("5.6.1", 5)))
              .build();
      news.add(incidents -> incidents.take(now));
    }
  }

  private static void measure(
      List<Function<Incidents, List<AlertChange>>> news, Instant at, int host, double value) {
    var deviation =
        Deviation.newBuilder()
            .setId(Given.id(news.size()))
            .setHost(name(host))
            .setCohort(COHORT)
            .setSignal(Signal.STARTUP)
            .setStratum("all")
            .setAt(at)
            .setValue(value)
            .setSeason(0)
            .setMedian(8e6)
            .setBaseline(400)
            .setSource(1)
            .setWaiting(0)
            .build();
    news.add(incidents -> incidents.take(deviation));
  }

  /// Host 12 has the change and a further one.
  private static void alert(
      List<Function<Incidents, List<AlertChange>>> news, Instant at, int host, AlertState state) {
    var liblzma =
        Change.newBuilder()
            .setKind(ChangeKind.OBJECT)
            .setSubject("/lib/liblzma.so.5.6.1")
            .setAfter(Given.hash(5))
            .setNotBefore(at)
            .setAt(at)
            .build();
    var kernel =
        Change.newBuilder()
            .setKind(ChangeKind.KERNEL)
            .setSubject("kernel")
            .setAfter("6.2")
            .setNotBefore(at)
            .setAt(at)
            .build();
    var alert =
        Alert.newBuilder()
            .setAlertId(Given.id(host))
            .setState(state)
            .setRevision(0)
            .setTier(Tier.STEP)
            .setScope(AlertScope.HOST)
            .setHost(name(host))
            .setCohort(COHORT)
            .setSubject("startup/all")
            .setAt(at)
            .setOpenedAt(at)
            .setOnset(at)
            .setFinding(Given.shifted().build())
            .setAttribution(Attribution.CHANGED)
            .setChanges(host == 12 ? List.of(liblzma, kernel) : List.of(liblzma))
            .setSummary("")
            .build();
    news.add(incidents -> incidents.take(alert));
  }

  private static String name(int host) {
    return "web-%02d".formatted(host);
  }
}
