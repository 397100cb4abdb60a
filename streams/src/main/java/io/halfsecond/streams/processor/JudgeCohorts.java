package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.CohortNews;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.judge.CohortJudge;
import io.halfsecond.streams.judge.KeyStates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Shows every deviation, and every decision on a cohort's alert, to a [CohortJudge]; passes on
/// what comes of it. The key is the cohort.
public final class JudgeCohorts
    extends ContextualProcessor<String, CohortNews, String, JudgeCohorts.Finding> {
  private static final Duration LISTEN = Duration.ofSeconds(15);

  /// What comes of it.
  public sealed interface Finding {
    record Judged(Verdict verdict) implements Finding {}

    record Profiled(CohortProfile profile) implements Finding {}
  }

  /// Names of the stores that are used.
  ///
  /// @param states of the detector's states
  /// @param knowledge of what is learnt of cohorts
  /// @param profiles of [ProfileStore]
  public record Stores(String states, String knowledge, String profiles) {}

  private final Stores stores;
  private final DetectorSettings settings;
  private final Decisions decisions;
  private final InstantSource clock;
  private @Nullable CohortJudge judge;

  public JudgeCohorts(
      Stores stores, DetectorSettings settings, Decisions decisions, InstantSource clock) {
    this.stores = stores;
    this.settings = settings;
    this.decisions = decisions;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<String, Finding> context) {
    super.init(context);
    var made =
        new CohortJudge(
            settings,
            KeyStates.writingThrough(StateStores.bytes(context, stores.states())),
            StateStores.bytes(context, stores.knowledge()),
            ProfileStore.in(context, stores.profiles()),
            output());
    context.schedule(LISTEN, PunctuationType.WALL_CLOCK_TIME, _ -> made.tick(clock.millis()));
    judge = made;
  }

  private CohortJudge.Output output() {
    return new CohortJudge.Output() {
      @Override
      public void verdict(Verdict verdict) {
        forward(verdict.subject().key().owner(), new Finding.Judged(verdict), verdict.at());
      }

      @Override
      public void profile(CohortProfile profile) {
        forward(
            ProfileStore.key(profile), new Finding.Profiled(profile), profile.getEffectiveFrom());
      }

      private void forward(String key, Finding finding, Instant at) {
        context().forward(new Record<>(key, finding, at.toEpochMilli()));
      }
    };
  }

  @Override
  public void process(Record<String, CohortNews> record) {
    var made = Contexts.initialised(judge);
    switch (record.value().getNews()) {
      case Deviation deviation -> made.take(deviation, clock.millis());
      case AlertControl control when control.getScope() != AlertScope.INCIDENT ->
          decisions.count(control, made.decide(control));
      // Not for this judge.
      default -> {}
    }
  }
}
