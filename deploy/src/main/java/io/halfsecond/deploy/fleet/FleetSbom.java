package io.halfsecond.deploy.fleet;

import io.halfsecond.deploy.api.Component;
import io.halfsecond.deploy.fingerprint.SbomComponents;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Bom;

/// What the sshd of a fleet's hosts consists of, as a software bill of materials: CycloneDX 1.6 in
/// JSON. A file is a component, with the number of hosts that have it; what advisories say about it
/// is a property.
public final class FleetSbom {
  private FleetSbom() {}

  public static String of(List<Component> components, Advisories advisories) {
    var bom = new Bom();
    bom.setComponents(components.stream().map(one -> component(one, advisories)).toList());
    try {
      return BomGeneratorFactory.createJson(Version.VERSION_16, bom).toJsonString();
    } catch (GeneratorException e) {
      throw new IllegalStateException("cannot write the bill of materials: " + e.getMessage(), e);
    }
  }

  private static org.cyclonedx.model.Component component(Component file, Advisories advisories) {
    var component =
        SbomComponents.of(file.path(), file.executable(), file.version(), file.sha256());
    component.setBomRef(
        "%s@%s:%s:%s".formatted(file.path(), file.version(), file.sha256(), file.distribution()));
    component.setProperties(
        SbomComponents.properties(
            "package",
            file.packageName(),
            "source-package",
            file.sourcePackage(),
            "distribution",
            file.distribution(),
            "build-id",
            file.buildId(),
            "hosts",
            Long.toString(file.hosts()),
            "hosts-in-memory",
            Long.toString(file.inMemory()),
            "advisories",
            String.join(", ", advisories.about(file.file()))));
    return component;
  }
}
