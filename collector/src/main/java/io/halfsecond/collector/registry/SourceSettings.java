package io.halfsecond.collector.registry;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.kernel.KernelSource;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.source.log.LogSources;
import io.halfsecond.collector.source.probe.AnnouncedProbes;
import io.halfsecond.collector.source.probe.ProbeSettings;
import io.halfsecond.collector.source.probe.ProbeSource;
import io.halfsecond.collector.sshd.SshdListeners;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/// The sources of a collector, each with its own settings; empty for a source that is off.
///
/// This is the one place where sources are registered: a new source is a component here, a row in
/// [#register], and its own class.
public record SourceSettings(
    Optional<KernelSettings> kernel, Optional<LogSettings> log, Optional<ProbeSettings> probe) {
  public SourceSettings {
    log = log.filter(own -> own.mode() != LogSettings.Mode.OFF);
    if (kernel.isEmpty() && log.isEmpty()) {
      throw new IllegalArgumentException(
          "collector.kernel and collector.log are both off: no source of evidence is left");
    }
  }

  /// Kernel and log; no probe.
  public static SourceSettings defaults() {
    return new SourceSettings(
        Optional.of(KernelSettings.defaults()),
        Optional.of(LogSettings.defaults()),
        Optional.empty());
  }

  /// How many programs are named for a session.
  public int sessionPrograms() {
    return kernel.map(KernelSettings::sessionPrograms).orElse(0);
  }

  /// @param stateDirectory where sources keep their positions
  public SourceRegistry register(Path stateDirectory) {
    return new SourceRegistry(
        Stream.of(
                row(
                    "kernel",
                    Delivers.KERNEL_EVENTS,
                    kernel,
                    own -> new KernelSource(own, System::nanoTime)),
                row(
                    "log",
                    Delivers.LOG_LINES,
                    log,
                    own ->
                        LogSources.open(
                            own, stateDirectory, InstantSource.system(), System::nanoTime)),
                row(
                    "probe",
                    Delivers.PROBES,
                    probe,
                    own ->
                        new ProbeSource(
                            own,
                            new SshdListeners(Proc.ROOT, own.sshdCommand())::address,
                            new SecureRandom())),
                row(
                    "announced-probes",
                    Delivers.PROBES,
                    Optional.of(stateDirectory),
                    AnnouncedProbes::new))
            .flatMap(Optional::stream)
            .toList());
  }

  @FunctionalInterface
  private interface SettingsOpener<S> {
    Source open(S settings) throws SourceUnavailableException;
  }

  private static <S> Optional<RegisteredSource> row(
      String name, Delivers delivers, Optional<S> settings, SettingsOpener<S> opener) {
    return settings.map(own -> RegisteredSource.open(name, delivers, () -> opener.open(own)));
  }
}
