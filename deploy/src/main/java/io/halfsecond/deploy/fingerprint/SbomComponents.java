package io.halfsecond.deploy.fingerprint;

import java.util.ArrayList;
import java.util.List;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.Property;

/// Files of sshd as components of a bill of materials.
public final class SbomComponents {
  private static final String PREFIX = "halfsecond:";

  private SbomComponents() {}

  /// @param version of the package; empty if there is none
  /// @param sha256 empty if it is not known
  public static Component of(String path, boolean executable, String version, String sha256) {
    var component = new Component();
    component.setType(executable ? Component.Type.APPLICATION : Component.Type.LIBRARY);
    component.setName(path);
    if (!version.isEmpty()) {
      component.setVersion(version);
    }
    if (!sha256.isEmpty()) {
      component.setHashes(List.of(new Hash(Hash.Algorithm.SHA_256, sha256)));
    }
    return component;
  }

  /// Properties below `halfsecond:`, without those that are empty.
  public static List<Property> properties(String... namesAndValues) {
    var properties = new ArrayList<Property>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!namesAndValues[i + 1].isEmpty()) {
        properties.add(new Property(PREFIX + namesAndValues[i], namesAndValues[i + 1]));
      }
    }
    return properties;
  }
}
