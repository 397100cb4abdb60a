package io.halfsecond.collector.registry;

import io.halfsecond.collector.assembly.AssemblerSettings.Inputs;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All sources of a collector.
public record SourceRegistry(List<RegisteredSource> sources) {
  private static final Logger LOG = LoggerFactory.getLogger(SourceRegistry.class);

  public SourceRegistry {
    sources = List.copyOf(sources);
  }

  /// Starts every source that can run.
  ///
  /// @param sinks where the source of a meter delivers its events
  /// @return what the assembler can rely on
  /// @throws IllegalStateException if no source of evidence runs; the message says what each lacks
  public Inputs start(Function<SourceMeter, Source.EventSink> sinks) {
    sources.forEach(source -> source.start(sinks.apply(source.meter())));
    sources.stream()
        .filter(source -> !source.running())
        .forEach(
            source ->
                LOG.warn(
                    "source {} does not run: {}", source.name(), source.meter().state().detail()));
    return inputs()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no source of evidence can run here: "
                        + String.join(
                            "; ", sources.stream().map(RegisteredSource::complaint).toList())));
  }

  public void stop() {
    sources.forEach(RegisteredSource::stop);
  }

  /// What each source lacks that was lost, or each that does not run if no source of evidence does.
  public List<String> lacking() {
    boolean evident =
        sources.stream().anyMatch(source -> source.delivers().isEvidence() && source.up());
    return sources.stream()
        .filter(source -> !source.up() && (source.running() || !evident))
        .map(RegisteredSource::complaint)
        .toList();
  }

  /// Whether no source has died: was started, was not stopped, and delivers no more.
  public boolean healthy() {
    return sources.stream().noneMatch(source -> source.running() && !source.up());
  }

  /// By the sources' names.
  public Map<String, SourceMeter> meters() {
    var meters = new LinkedHashMap<String, SourceMeter>();
    sources.forEach(source -> meters.put(source.name(), source.meter()));
    return meters;
  }

  /// The sum of a count over the sources of log lines.
  public long ofLog(ToLongFunction<SourceMeter> count) {
    return sources.stream()
        .filter(source -> source.delivers() == Delivers.LOG_LINES)
        .map(RegisteredSource::meter)
        .mapToLong(count)
        .sum();
  }

  /// Says why the running sources of a kind work only in part.
  public void degrade(Delivers kind, String detail) {
    sources.stream()
        .filter(source -> source.delivers() == kind && source.running())
        .forEach(
            source -> {
              LOG.error("source {}: {}", source.name(), detail);
              source.meter().become(SourceMeter.Condition.DEGRADED, detail);
            });
  }

  private Optional<Inputs> inputs() {
    if (runs(Delivers.KERNEL_EVENTS)) {
      return Optional.of(runs(Delivers.LOG_LINES) ? Inputs.KERNEL_AND_LOG : Inputs.KERNEL_ONLY);
    }
    return runs(Delivers.LOG_LINES) ? Optional.of(Inputs.LOG_ONLY) : Optional.empty();
  }

  private boolean runs(Delivers kind) {
    return sources.stream().anyMatch(source -> source.delivers() == kind && source.running());
  }
}
