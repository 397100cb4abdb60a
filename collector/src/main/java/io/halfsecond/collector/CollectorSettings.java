package io.halfsecond.collector;

import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.selftest.SelfTestSettings;
import io.halfsecond.collector.sink.SinkSettings;
import io.halfsecond.schemas.Names;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a collector runs.
///
/// @param stateDirectory for the pseudonym key and the sources' positions; made if missing
/// @param heartbeat from one status record to the next
/// @param selfTest empty for no self-test
/// @param inventory empty for no inventory
public record CollectorSettings(
    HostIdentity host,
    SshdSettings sshd,
    SourceSettings sources,
    Optional<SelfTestSettings> selfTest,
    Optional<InventorySettings> inventory,
    PseudonymSettings pseudonyms,
    ExposureSettings exposure,
    EmitterSettings emitter,
    SinkSettings sink,
    Path stateDirectory,
    Duration heartbeat) {

  /// The names that records are keyed and grouped by.
  ///
  /// @param name of this host
  /// @param cohort the name of the hosts that are comparable with this one; empty for none
  public record HostIdentity(String name, String cohort) {
    public HostIdentity {
      Names.requireHost("host", name);
      if (!cohort.isEmpty()) {
        Names.requireCohort("collector.cohort", cohort);
      }
    }
  }

  /// The sshd that is watched.
  ///
  /// @param privsepUser the account that sshd's preauth child drops to
  /// @param command only an sshd whose command line contains this; empty for every sshd of the host
  public record SshdSettings(String privsepUser, String command) {
    public SshdSettings {
      if (privsepUser.isBlank()) {
        throw new IllegalArgumentException("collector.privsep-user is empty");
      }
    }

    public static SshdSettings defaults() {
      return new SshdSettings("sshd", "");
    }
  }

  public CollectorSettings {
    if (!heartbeat.isPositive()) {
      throw new IllegalArgumentException("collector.heartbeat must be positive, not " + heartbeat);
    }
  }
}
