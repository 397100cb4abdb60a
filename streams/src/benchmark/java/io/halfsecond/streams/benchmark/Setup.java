package io.halfsecond.streams.benchmark;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.DeadZone;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.Prior;
import io.halfsecond.streams.detector.SignalSettings;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.simulation.WatchedKey;
import java.time.Duration;
import java.util.Optional;

/// A way to run our detector on one key, mostly with the whole budget of its host, which is one
/// false alarm a year.
record Setup(DetectorSettings settings, Context context) {
  /// As production does it at less than six samples a minute; set, so that learning fast does not
  /// change it.
  private static final Duration BLOCK = Duration.ofMinutes(1);

  /// As wide as that, a tier hears nothing of what is tried here.
  private static final DeadZone DEAF = new DeadZone(1, 0);

  private static final DeadZone STEP = new DeadZone(0.10, 0);
  private static final DeadZone CREEP = new DeadZone(0.04, 0);

  /// Pages alone, with a relative dead zone.
  static Setup step(double zone) {
    return of(new DeadZone(zone, 0), CREEP, false);
  }

  /// Tickets alone.
  static Setup creep(double zone) {
    return of(DEAF, new DeadZone(zone, 0), true);
  }

  /// As preauth phases are judged: the absolute part of their dead zones included, and one of many
  /// keys of its host, with a share of its budget.
  static Setup preauth() {
    return of(Signals.settings(Signal.PREAUTH, "publickey/accepted"), true);
  }

  /// Both, with the relative dead zones alone that times by the clock are shipped with.
  static Setup relative() {
    return of(STEP, CREEP, true);
  }

  private static Setup of(DeadZone step, DeadZone creep, boolean deseasonalised) {
    return of(new SignalSettings(Bins.WIDE, step, creep, 1), deseasonalised);
  }

  private static Setup of(SignalSettings signal, boolean deseasonalised) {
    return new Setup(
        DetectorSettings.defaults().withBlock(BLOCK),
        new Context(signal, Optional.empty(), deseasonalised, 1));
  }

  /// The same without tickets: for signals whose daily rhythm has not been taken out.
  Setup raw() {
    return with(new Context(context.signal(), context.prior(), false, 1));
  }

  Setup with(Prior prior) {
    return with(new Context(context.signal(), Optional.of(prior), context.deseasonalised(), 1));
  }

  Setup with(Bins bins) {
    var signal = context.signal();
    return with(
        new Context(
            new SignalSettings(bins, signal.step(), signal.creep(), signal.share()),
            context.prior(),
            context.deseasonalised(),
            1));
  }

  private Setup with(Context other) {
    return new Setup(settings, other);
  }

  Setup withLimitDays(double days) {
    return new Setup(
        settings.withBudget(new Budget.PerHostYear(Budget.DAYS_PER_YEAR / days)), context);
  }

  /// As shipped, also in that the detector chooses its blocks itself.
  Setup withItsOwnBlocks() {
    return new Setup(DetectorSettings.defaults(), context);
  }

  WatchedKey host(String name) {
    return new WatchedKey(settings, context, name);
  }
}
