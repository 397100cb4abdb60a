package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.judge.HostJudge;
import io.halfsecond.streams.judge.KeyStates;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.telemetry.HostState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Shows every measurement and self-test, and every decision on a host's alert, to a [HostJudge];
/// passes on what comes of it.
///
/// Not a fixed-key processor only because those can't forward from a punctuator; the key stays the
/// host.
public final class JudgeHosts
    extends ContextualProcessor<String, JudgeHosts.Case, String, JudgeHosts.Finding> {
  private static final Duration LISTEN = Duration.ofSeconds(15);

  /// What is brought before the judge.
  public sealed interface Case {
    record Measured(Reading reading) implements Case {}

    record Decided(AlertControl control) implements Case {}
  }

  /// What comes of it.
  public sealed interface Finding {
    record Judged(Verdict verdict) implements Finding {}

    record Deviated(Deviation deviation) implements Finding {}
  }

  /// Names of the stores that are used.
  ///
  /// @param states of the detector's states
  /// @param selfTests of the judge's states of self-tests
  /// @param hosts of [Watch]
  /// @param profiles of [ProfileStore]
  public record Stores(String states, String selfTests, String hosts, String profiles) {}

  private final Stores stores;
  private final DetectorSettings settings;
  private final int partitions;
  private final Decisions decisions;
  private final InstantSource clock;
  private final EvidenceBoard board;
  private @Nullable HostJudge judge;

  /// @param partitions of the telemetry topics
  public JudgeHosts(
      Stores stores,
      DetectorSettings settings,
      int partitions,
      Decisions decisions,
      InstantSource clock,
      Board board) {
    this.stores = stores;
    this.settings = settings;
    this.partitions = partitions;
    this.decisions = decisions;
    this.clock = clock;
    this.board = new EvidenceBoard(board.section());
  }

  @Override
  public void init(ProcessorContext<String, Finding> context) {
    super.init(context);
    KeyValueStore<String, HostState> hosts = context.getStateStore(stores.hosts());
    var states =
        new HostJudge.Stores(
            KeyStates.writingThrough(StateStores.bytes(context, stores.states())),
            StateStores.bytes(context, stores.selfTests()));
    var made =
        new HostJudge(
            settings,
            states,
            host -> {
              var known = hosts.get(host);
              return known == null ? HostState.fresh() : known;
            },
            ProfileStore.in(context, stores.profiles()),
            partitions,
            output());
    try (var all = hosts.all()) {
      all.forEachRemaining(host -> made.resume(host.key, clock.millis()));
    }
    context.schedule(LISTEN, PunctuationType.WALL_CLOCK_TIME, _ -> made.tick(clock.millis()));
    judge = made;
  }

  private HostJudge.Output output() {
    return new HostJudge.Output() {
      @Override
      public void verdict(Verdict verdict) {
        forward(verdict.subject().key().owner(), new Finding.Judged(verdict), verdict.at());
      }

      @Override
      public void deviation(Deviation deviation) {
        forward(deviation.getHost(), new Finding.Deviated(deviation), deviation.getAt());
      }

      @Override
      public void state(SignalKey key, double evidence, long baseline) {
        board.show(key, evidence, baseline);
      }

      private void forward(String host, Finding finding, Instant at) {
        context().forward(new Record<>(host, finding, at.toEpochMilli()));
      }
    };
  }

  @Override
  public void process(Record<String, Case> record) {
    var made = Contexts.initialised(judge);
    switch (record.value()) {
      case Case.Measured(var reading) -> made.take(record.key(), reading, clock.millis());
      case Case.Decided(var control) -> decisions.count(control, made.decide(control));
    }
  }

  @Override
  public void close() {
    board.close();
  }
}
