package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.Times;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// The last measurements of all hosts of cohorts, in a store of bytes.
///
/// Not safe for use by several threads.
final class Recents {
  /// No name of a cohort, signal, stratum or host has a number sign in it.
  private static final char BEFORE_HOST = '#';

  private final ByteStore store;

  /// @param store of this class alone
  Recents(ByteStore store) {
    this.store = store;
  }

  void take(Deviation deviation) {
    double ratio =
        deviation.getValue() / StrictMath.exp(deviation.getSeason()) / deviation.getMedian();
    var key =
        new SignalKey(deviation.getCohort(), deviation.getSignal(), deviation.getStratum()).text()
            + BEFORE_HOST
            + deviation.getHost();
    byte[] bytes = store.get(key);
    var before = bytes == null ? Recent.empty() : Recent.fromBytes(bytes);
    var point =
        new Recent.Point(
            Times.micros(deviation.getAt()),
            (float) StrictMath.log(Math.max(ratio, Float.MIN_NORMAL)));
    store.put(key, before.with(deviation.getMedian(), point).toBytes());
  }

  /// What a host's last measurements stand beside has been replaced.
  void forget(SignalKey key, String host) {
    store.delete(key.text() + BEFORE_HOST + host);
  }

  /// Of all hosts of a cohort, by signal and stratum and then by name. Hosts that were last
  /// measured before `since` are forgotten.
  Map<SignalKey, Map<String, Recent>> of(String cohort, Instant since) {
    var all = new TreeMap<String, Map<String, Recent>>();
    store.scan(
        SignalKey.prefix(cohort),
        (key, bytes) -> {
          var recent = Recent.fromBytes(bytes);
          if (recent.last() < Times.micros(since)) {
            store.delete(key);
            return;
          }
          int sign = key.lastIndexOf(BEFORE_HOST);
          all.computeIfAbsent(key.substring(0, sign), _ -> new TreeMap<>())
              .put(key.substring(sign + 1), recent);
        });
    var bySignal = new LinkedHashMap<SignalKey, Map<String, Recent>>();
    all.forEach((text, hosts) -> bySignal.put(SignalKey.parse(text), hosts));
    return bySignal;
  }
}
