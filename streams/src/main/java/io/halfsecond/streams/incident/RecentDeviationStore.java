package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.ObjectStore;
import io.halfsecond.streams.store.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// The last measurements of the hosts of cohorts, in a store of bytes.
///
/// Not safe for use by several threads.
final class RecentDeviationStore {
  /// No name of a cohort, signal, stratum or host contains a number sign.
  private static final char BEFORE_HOST = '#';

  private static final int KEPT = 8_192;

  private final ObjectStore<RecentDeviations> store;

  /// @param store of this class alone
  RecentDeviationStore(ByteStore store) {
    this.store =
        new ObjectStore<>(store, RecentDeviations::fromBytes, RecentDeviations::toBytes, KEPT);
  }

  void take(Deviation deviation) {
    // A median of 0 has no ratio.
    double ratio =
        deviation.getMedian() == 0
            ? 1
            : deviation.getValue() / StrictMath.exp(deviation.getSeason()) / deviation.getMedian();
    var key =
        new SignalKey(deviation.getCohort(), deviation.getSignal(), deviation.getStratum()).text()
            + BEFORE_HOST
            + deviation.getHost();
    var before = store.get(key).orElseGet(RecentDeviations::empty);
    var point =
        new RecentDeviations.Point(
            Times.micros(deviation.getAt()),
            (float) StrictMath.log(Math.clamp(ratio, Float.MIN_NORMAL, Float.MAX_VALUE)));
    store.put(key, before.with(deviation.getMedian(), point));
  }

  /// Writes what has changed to the store.
  void write() {
    store.write();
  }

  /// The baseline of a host was replaced.
  ///
  /// @param subject signal and stratum
  void forget(String cohort, String subject, String host) {
    store.delete(SignalKey.prefix(cohort) + subject + BEFORE_HOST + host);
  }

  /// Forgets hosts that were last measured before `since`.
  void forget(String cohort, Instant since) {
    store.scan(
        SignalKey.prefix(cohort),
        (key, recent) -> {
          if (recent.last() < Times.micros(since)) {
            store.delete(key);
          }
        });
  }

  /// By signal and stratum, then by host. Without hosts that were last measured before `since`.
  Map<SignalKey, Map<String, RecentDeviations>> of(String cohort, Instant since) {
    var all = new TreeMap<String, Map<String, RecentDeviations>>();
    store.scan(
        SignalKey.prefix(cohort),
        (key, recent) -> {
          if (!SignalKey.isJudged(key) || recent.last() < Times.micros(since)) {
            return;
          }
          int sign = key.lastIndexOf(BEFORE_HOST);
          all.computeIfAbsent(key.substring(0, sign), _ -> new TreeMap<>())
              .put(key.substring(sign + 1), recent);
        });
    var bySignal = new LinkedHashMap<SignalKey, Map<String, RecentDeviations>>();
    all.forEach((text, hosts) -> bySignal.put(SignalKey.parse(text), hosts));
    return bySignal;
  }
}
