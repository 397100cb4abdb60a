package io.halfsecond.deploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PackageVersionsTest {
  /// Ascending, each example of a rule of deb-version(7).
  private static final List<String> DEB =
      List.of(
          "0",
          "1.0~~",
          "1.0~rc1",
          "1.0",
          "1.0-1~bpo12+1",
          "1.0-1",
          "1.0-1+b1",
          "1.0-1+deb12u2",
          "1.0-1+deb12u10",
          "1.0a",
          "1.0+dfsg",
          "1.2",
          "1.10",
          "5.4.5-0.3",
          "5.5.1alpha-0.1",
          "5.6.0-0.2",
          "5.6.1-1",
          "5.6.1+really5.4.5-1",
          "1:0.1");

  /// Ascending, each example of a rule of rpm-version(7).
  private static final List<String> RPM =
      List.of(
          "1.0~rc1",
          "1.0",
          "1.0^git1",
          "1.0a",
          "1.0.1",
          "1.2-3.fc39",
          "1.2-3.fc40",
          "1.10",
          "1:0.1");

  @Test
  void should_order_as_dpkg_does() {
    assertOrder(DEB, PackageVersions.DEB);
    assertThat(PackageVersions.DEB.compare("1.0-0", "1.0")).as("no revision is 0").isZero();
    assertThat(PackageVersions.DEB.compare("0:1.007", "1.7")).isZero();
  }

  @Test
  void should_order_as_rpm_does() {
    assertOrder(RPM, PackageVersions.RPM);
    assertThat(PackageVersions.RPM.compare("1.0_1", "1.0.1")).as("separators are alike").isZero();
    assertThat(PackageVersions.RPM.compare("1.05", "1.5")).isZero();
  }

  private static void assertOrder(List<String> ascending, java.util.Comparator<String> order) {
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertThat(Integer.signum(order.compare(ascending.get(i), ascending.get(j))))
            .as("%s and %s", ascending.get(i), ascending.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }
}
