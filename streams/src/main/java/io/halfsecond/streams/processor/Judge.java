package io.halfsecond.streams.processor;

import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.telemetry.HostState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Shows every measurement to the [Detector], and closes the blocks of keys that fell silent.
///
/// **When a block closes.** A block of a key closes with the key's next measurement, or when the host's own clock (the
/// newest event time of any of its records; heartbeats keep it going) has left the block behind by [#STRAGGLING],
/// or, if the whole host has been silent for [#SILENCE] on the wall clock, then too. The wall clock never goes into the
/// detector: it only says that the block in which the host's clock stopped may close. So a replay, however
/// fast, gives the same alerts, unless a collector held back records of that very block for longer than
/// [#SILENCE].
///
/// Not a fixed-key processor only because those can't forward from a punctuator; the key stays the host.
public final class Judge implements Processor<String, Reading, String, Verdict> {
  /// How far a host's topics may be shifted against each other before a block closes without a straggler.
  static final Duration STRAGGLING = Duration.ofSeconds(10);

  /// Several missed heartbeats.
  static final Duration SILENCE = Duration.ofMinutes(2);

  private static final Duration LISTEN = Duration.ofSeconds(15);

  /// Where a host's clock stands, how far its blocks are closed, and when it was last heard on the wall clock.
  private static final class Pace {
    private Instant clock;
    private Instant closedTo = Instant.MIN;
    private long heardMillis;

    private Pace(Instant clock, long heardMillis) {
      this.clock = clock;
      this.heardMillis = heardMillis;
    }
  }

  private final String statesName;
  private final String hostsName;
  private final Detector detector;
  private final Duration block;
  private final EvidenceBoard board;
  private final Map<String, Pace> paces = new HashMap<>();
  private @Nullable ProcessorContext<String, Verdict> context;
  private @Nullable KeyValueStore<String, byte[]> states;
  private @Nullable KeyValueStore<String, HostState> hosts;

  /// @param statesName store of the detector's states by [SignalKey#text()]
  /// @param hostsName store of [Watch]
  public Judge(String statesName, String hostsName, DetectorSettings settings, Board board) {
    this.statesName = statesName;
    this.hostsName = hostsName;
    this.detector = new Detector(settings);
    this.block = settings.block();
    this.board = new EvidenceBoard(board.section());
  }

  @Override
  public void init(ProcessorContext<String, Verdict> context) {
    this.context = context;
    KeyValueStore<String, byte[]> stateStore = context.getStateStore(statesName);
    KeyValueStore<String, HostState> hostStore = context.getStateStore(hostsName);
    this.states = stateStore;
    this.hosts = hostStore;
    try (var all = stateStore.all()) {
      all.forEachRemaining(each -> show(SignalKey.parse(each.key), KeyState.fromBytes(each.value)));
    }
    try (var all = hostStore.all()) {
      all.forEachRemaining(
        host -> paces.put(host.key, new Pace(host.value.clock(), context.currentSystemTimeMs())));
    }
    context.schedule(LISTEN, PunctuationType.WALL_CLOCK_TIME, this::closeSilent);
  }

  @Override
  public void process(Record<String, Reading> record) {
    var host = record.key();
    for (Measurement measurement : record.value().measurements()) {
      judge(host, measurement);
    }
    var pace = heard(host, record.value().at());
    close(host, pace, start(pace.clock.minus(STRAGGLING)));
  }

  private void judge(String host, Measurement measurement) {
    var key = new SignalKey(host, measurement.signal(), measurement.stratum());
    var store = Contexts.initialised(states);
    var bytes = store.get(key.text());
    var state = bytes == null ? KeyState.fresh() : KeyState.fromBytes(bytes);
    var steps = detector.observe(state, Signals.settings(key.signal()),
      new Sample(measurement.id(), measurement.at(), measurement.nanos()));
    store.put(key.text(), state.toBytes());
    show(key, state);
    publish(key, steps);
  }

  private Pace heard(String host, Instant at) {
    long now = Contexts.initialised(context).currentSystemTimeMs();
    var pace = paces.computeIfAbsent(host, _ -> new Pace(at, now));
    pace.clock = at.isAfter(pace.clock) ? at : pace.clock;
    pace.heardMillis = now;
    return pace;
  }

  private void closeSilent(long now) {
    paces.forEach((host, pace) -> {
      if (now - pace.heardMillis >= SILENCE.toMillis()) {
        close(host, pace, pace.clock.plus(block));
      }
    });
  }

  /// Closes what is due at an event time of the host, once for every block.
  private void close(String host, Pace pace, Instant due) {
    if (!due.isAfter(pace.closedTo)) {
      return;
    }
    pace.closedTo = due;
    var store = Contexts.initialised(states);
    var kept = new ArrayList<KeyValue<String, byte[]>>();
    try (var found = store.prefixScan(SignalKey.prefix(host), new StringSerializer())) {
      found.forEachRemaining(kept::add);
    }
    for (var each : kept) {
      var key = SignalKey.parse(each.key);
      var state = KeyState.fromBytes(each.value);
      var steps = detector.advance(state, Signals.settings(key.signal()), due);
      var bytes = state.toBytes();
      if (!Arrays.equals(bytes, each.value)) {
        store.put(each.key, bytes);
        show(key, state);
      }
      publish(key, steps);
    }
  }

  /// Rounds down to a whole block, so that a host's keys are looked through once a block.
  private Instant start(Instant at) {
    return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), block.toMillis()) * block.toMillis());
  }

  private void publish(SignalKey key, List<AlertStep> steps) {
    if (steps.isEmpty()) {
      return;
    }
    var host = Contexts.initialised(hosts).get(key.host());
    for (AlertStep step : steps) {
      boolean complete = host == null || host.completeSince(step.facts().onset());
      Contexts.initialised(context).forward(new Record<>(key.host(), new Verdict(key, step, complete),
        step.facts().at().toEpochMilli()));
    }
  }

  private void show(SignalKey key, KeyState state) {
    double limit = detector.limitDays(Signals.settings(key.signal()));
    board.show(key, state.evidenceDays() / limit, state.baselineCount());
  }

  @Override
  public void close() {
    board.close();
  }
}
