package io.halfsecond.collector.emit;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.SshdProcess;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Makes Avro records of fingerprints.
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
public final class FingerprintMapper {
  private FingerprintMapper() {}

  /// @param at the end of the inspection
  /// @param previousAt when the state reported before was last confirmed; empty for the first
  ///   report
  /// @param sequence position among all records of this collector run
  static HostFingerprint of(
      Origin origin,
      Fingerprint fingerprint,
      Instant at,
      Optional<Instant> previousAt,
      long sequence,
      Bounded bounded) {
    var platform = fingerprint.platform();
    return HostFingerprint.newBuilder()
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setAt(micros(at))
        .setPreviousInspectionAt(
            bounded
                .notAfter(
                    "previousInspectionAt", previousAt.map(FingerprintMapper::micros), micros(at))
                .orElse(null))
        .setCohort(origin.cohort())
        .setKernelRelease(bounded.text("kernelRelease", platform.kernelRelease()))
        .setMachine(bounded.text("machine", platform.machine()))
        .setCpuModel(bounded.text("cpuModel", platform.cpuModel()))
        .setCpuGovernor(bounded.text("cpuGovernor", platform.cpuGovernor()))
        .setDistribution(bounded.text("distribution", platform.distribution()))
        .setSshdConfigSha256(fingerprint.configSha256())
        .setOpensslVersion(bounded.text("opensslVersion", fingerprint.opensslVersion()))
        .setBootedAt(bounded.time("bootedAt", platform.bootedAt()))
        .setListenerStartedAt(
            fingerprint.listenerStartedAt().map(FingerprintMapper::micros).orElse(null))
        .setMonitorStartedAt(
            fingerprint.monitorStartedAt().map(FingerprintMapper::micros).orElse(null))
        .setObserved(observed(fingerprint.mapped()))
        .setObjects(
            bounded.objects(
                fingerprint.objects().stream().map(object -> object(object, bounded)).toList()))
        .build();
  }

  /// Of a single inspection.
  public static HostFingerprint of(
      Origin origin, Fingerprint fingerprint, Instant at, long sequence) {
    return of(origin, fingerprint, at, Optional.empty(), sequence, new Bounded());
  }

  private static MappedObject object(SshdObject object, Bounded bounded) {
    var identity = object.identity();
    return MappedObject.newBuilder()
        .setPath(bounded.text("path", object.path()))
        .setDevice(identity.device())
        .setInode(identity.inode())
        .setSize(identity.size())
        .setMtime(bounded.time("mtime", identity.mtime()))
        .setSha256(object.sha256())
        .setBuildId(bounded.text("buildId", object.elf().buildId()))
        .setPackage$(bounded.text("package", object.owner().name()))
        .setVersion(bounded.text("version", object.owner().version()))
        .setSourcePackage(bounded.text("sourcePackage", object.owner().source()))
        .setInstalledAt(bounded.time("installedAt", object.owner().at()))
        .setNeeded(
            object.elf().needed().stream().map(name -> bounded.text("needed", name)).toList())
        .setNeededBy(bounded.chain(object.neededBy()))
        .setRole(object.executable() ? ObjectRole.EXECUTABLE : ObjectRole.LIBRARY)
        .setObserved(observed(object.mapped()))
        .setProcesses(object.mappedIn().stream().map(FingerprintMapper::process).toList())
        .setDiffersFromPath(object.differsFromPath())
        .build();
  }

  private static SshdProcess process(MappedIn process) {
    return switch (process) {
      case LISTENER -> SshdProcess.LISTENER;
      case MONITOR -> SshdProcess.MONITOR;
      case PREAUTH -> SshdProcess.PREAUTH;
    };
  }

  private static Observed observed(boolean mapped) {
    return mapped ? Observed.MAPS : Observed.RESOLVED;
  }

  /// Topics carry microseconds; truncating here makes a record equal to what is read back.
  private static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }
}
