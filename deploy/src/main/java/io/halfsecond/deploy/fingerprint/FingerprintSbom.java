package io.halfsecond.deploy.fingerprint;

import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Dependency;
import org.cyclonedx.model.Metadata;

/// A fingerprint as a software bill of materials: CycloneDX 1.6 in JSON. Files are components with
/// their hash; package, build-id and the rest are properties below `halfsecond:`; the dependency
/// graph says which file needs which.
public final class FingerprintSbom {
  private FingerprintSbom() {}

  public static String of(HostFingerprint fingerprint) {
    var bom = new Bom();
    var metadata = new Metadata();
    metadata.setTimestamp(Date.from(fingerprint.getAt()));
    metadata.setComponent(host(fingerprint));
    bom.setMetadata(metadata);
    bom.setComponents(fingerprint.getObjects().stream().map(FingerprintSbom::component).toList());
    bom.setDependencies(dependencies(fingerprint.getObjects()));
    try {
      return BomGeneratorFactory.createJson(Version.VERSION_16, bom).toJsonString();
    } catch (GeneratorException e) {
      throw new IllegalStateException("cannot write the bill of materials: " + e.getMessage(), e);
    }
  }

  private static Component host(HostFingerprint fingerprint) {
    var host = new Component();
    host.setType(Component.Type.DEVICE);
    host.setName(fingerprint.getHost());
    host.setBomRef("host");
    host.setProperties(
        SbomComponents.properties(
            "distribution",
            fingerprint.getDistribution(),
            "kernel",
            fingerprint.getKernelRelease(),
            "machine",
            fingerprint.getMachine(),
            "cpu",
            fingerprint.getCpuModel(),
            "openssl",
            fingerprint.getOpensslVersion(),
            "sshd-config-sha256",
            fingerprint.getSshdConfigSha256(),
            "observed",
            fingerprint.getObserved().toString()));
    return host;
  }

  private static Component component(MappedObject object) {
    var component =
        SbomComponents.of(
            object.getPath(),
            object.getRole() == ObjectRole.EXECUTABLE,
            object.getVersion(),
            object.getSha256());
    component.setBomRef(reference(object));
    component.setProperties(
        SbomComponents.properties(
            "package",
            object.getPackage$(),
            "source-package",
            object.getSourcePackage(),
            "build-id",
            object.getBuildId(),
            "installed-at",
            object.getInstalledAt().equals(Instant.EPOCH) ? "" : object.getInstalledAt().toString(),
            "observed",
            object.getObserved().toString(),
            "processes",
            object.getProcesses().stream().map(Object::toString).collect(Collectors.joining(" ")),
            "differs-from-path",
            Boolean.toString(object.getDiffersFromPath())));
    return component;
  }

  /// Edges of the shortest paths from the executables.
  private static List<Dependency> dependencies(List<MappedObject> objects) {
    var dependencies = new ArrayList<Dependency>();
    var seen = new HashSet<String>();
    for (var object : objects) {
      if (seen.add(object.getPath())) {
        var dependency = new Dependency(reference(object));
        objects.stream()
            .filter(
                other ->
                    !other.getNeededBy().isEmpty()
                        && other.getNeededBy().getLast().equals(object.getPath()))
            .forEach(other -> dependency.addDependency(new Dependency(reference(other))));
        dependencies.add(dependency);
      }
    }
    return dependencies;
  }

  /// Unique: two files may have been mapped from one path.
  private static String reference(MappedObject object) {
    return "%s@%s:%d".formatted(object.getPath(), object.getDevice(), object.getInode());
  }
}
