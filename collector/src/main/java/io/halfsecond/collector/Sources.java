package io.halfsecond.collector;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.kernel.KernelSource;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.source.log.LogSources;
import io.halfsecond.collector.source.probe.ProbeSource;
import io.halfsecond.collector.sshd.SshdListeners;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The sources that the settings ask for.
final class Sources {
  private Sources() {}

  static List<SourceSlot> of(CollectorSettings settings) {
    var slots = new ArrayList<SourceSlot>();
    if (settings.kernel()) {
      slots.add(
          SourceSlot.of(
              new KernelSource(
                  KernelSettings.defaults().withCommandLine(settings.sshdCommand()),
                  System::nanoTime)));
    }
    if (settings.log() != CollectorSettings.LogMode.OFF) {
      slots.add(
          SourceSlot.open(
              "log",
              () ->
                  LogSources.open(
                      log(settings),
                      settings.stateDirectory(),
                      InstantSource.system(),
                      System::nanoTime)));
    }
    settings
        .probe()
        .ifPresent(
            probe ->
                slots.add(
                    SourceSlot.of(
                        new ProbeSource(
                            probe,
                            new SshdListeners(Proc.ROOT, probe.sshdCommand())::address,
                            new SecureRandom()))));
    return List.copyOf(slots);
  }

  private static LogSettings log(CollectorSettings settings) {
    var usual = LogSettings.defaults();
    return settings
        .logFile()
        .map(usual::withFile)
        .orElseGet(
            () ->
                usual.withMode(
                    switch (settings.log()) {
                      case AUTO -> LogSettings.Mode.AUTO;
                      case JOURNAL -> LogSettings.Mode.JOURNAL;
                      case FILE -> LogSettings.Mode.FILE;
                      case OFF -> LogSettings.Mode.OFF;
                    }));
  }
}
