package io.halfsecond.deploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.query.HostFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvisoriesTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void should_find_a_source_package_by_the_ranges_of_osv() throws IOException {
    var advisories =
        Advisories.osv(
            file(
                """
                {"id": "CVE-2024-3094", "affected": [{
                  "package": {"ecosystem": "Debian:13", "name": "xz-utils"},
                  "versions": ["5.4.1-9"],
                  "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [
                      {"introduced": "5.5.1alpha-0.1"}, {"fixed": "5.6.1+really5.4.5-1"}]}]}]}
                """));

    assertThat(advisories.about(liblzma("5.6.1-1"))).containsExactly("CVE-2024-3094 affected");
    assertThat(advisories.affects(liblzma("5.6.1-1"))).isTrue();
    assertThat(advisories.affects(liblzma("5.4.1-9"))).as("listed").isTrue();
    assertThat(advisories.affects(liblzma("5.4.5-0.3"))).isFalse();
    assertThat(advisories.affects(liblzma("5.6.1+really5.4.5-1"))).isFalse();
    assertThat(advisories.affects(file("openssh-server", "openssh", "5.6.1-1"))).isFalse();
    assertThat(advisories.affects(file("", "", "5.6.1-1"))).as("of no package").isFalse();
  }

  @Test
  void should_understand_all_events_of_osv_and_pass_over_what_is_withdrawn() throws IOException {
    var advisories =
        Advisories.osv(
            file(
                """
                [{"id": "A", "affected": [{
                  "package": {"ecosystem": "Rocky Linux:9", "name": "xz"},
                  "ranges": [{"type": "ECOSYSTEM", "events": [
                    {"introduced": "0"}, {"last_affected": "5.2-3"}]}]}]},
                 {"id": "B", "withdrawn": "2024-01-01T00:00:00Z", "affected": [{
                  "package": {"ecosystem": "Rocky Linux:9", "name": "xz"}, "versions": ["6-1"]}]}]
                """));

    assertThat(advisories.affects(file("xz-libs", "xz", "5.2-3"))).isTrue();
    assertThat(advisories.affects(file("xz-libs", "xz", "5.2-4"))).isFalse();
    assertThat(advisories.affects(file("xz-libs", "xz", "6-1"))).isFalse();
  }

  @Test
  void should_take_of_a_record_what_is_about_the_release_of_the_host() throws IOException {
    var advisories =
        Advisories.osv(
            file(
                """
                {"id": "DSA-5649-1", "affected": [
                  {"package": {"ecosystem": "Debian:12", "name": "xz-utils"},
                   "ranges": [{"type": "ECOSYSTEM", "events": [
                     {"introduced": "0"}, {"fixed": "5.4.1-1"}]}]},
                  {"package": {"ecosystem": "Debian:13", "name": "xz-utils"},
                   "ranges": [{"type": "ECOSYSTEM", "events": [
                     {"introduced": "0"}, {"fixed": "5.8.1-1"}]}]}]}
                """));

    assertThat(advisories.affects(liblzma("5.4.1-1", "debian-12"))).as("fixed there").isFalse();
    assertThat(advisories.affects(liblzma("5.4.1-0", "debian-12"))).isTrue();
    assertThat(advisories.affects(liblzma("5.4.1-1", "debian-13"))).isTrue();
    assertThat(advisories.affects(liblzma("5.4.1-1", "ubuntu-24.04"))).as("another's").isFalse();
    assertThat(advisories.affects(liblzma("5.4.1-1", "debian"))).as("testing").isTrue();
    assertThat(advisories.affects(liblzma("5.4.1-1", "raspbian-12"))).as("derived").isTrue();
    assertThat(advisories.affects(liblzma("5.4.1-1", ""))).as("not known").isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Debian:12,                                    debian-12,           true
          Debian:1,                                     debian-12,           false
          Debian,                                       debian-12,           true
          Ubuntu:Pro:22.04:LTS,                         ubuntu-22.04,        true
          Ubuntu:22.04:LTS,                             ubuntu-22.10,        false
          Rocky Linux:9,                                rocky-9.4,           true
          AlmaLinux:9,                                  rocky-9.4,           false
          Red Hat:enterprise_linux:9::baseos,           rhel-9.4,            true
          Red Hat:rhel_eus:9.2::appstream,              rhel-9.4,            false
          SUSE:Linux Enterprise Server 15 SP5,          sles-15.5,           true
          SUSE:Linux Enterprise Server 15 SP5,          sles-15.6,           false
          openSUSE:Leap 15.6,                           opensuse-leap-15.6,  true
          openSUSE:Tumbleweed,                          opensuse-leap-15.6,  false
          openSUSE:Tumbleweed,                          opensuse-tumbleweed-20260301, true
          openEuler:22.03-LTS-SP1,                      openEuler-22.03,     true
          Azure Linux:3,                                azurelinux-3.0,      true
          """)
  void should_know_the_releases_of_distributions(String ecosystem, String host, boolean about) {
    assertThat(Distributions.ofEcosystem(ecosystem).test(host)).isEqualTo(about);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          deb/debian/liblzma5?distro=debian-12,             debian-12,    true
          deb/debian/liblzma5?arch=amd64&distro=debian-12,  debian-13,    false
          deb/debian/liblzma5?distro=trixie,                debian-12,    true
          deb/debian/liblzma5,                              ubuntu-24.04, false
          rpm/redhat/liblzma5@5.4.1-1?distro=rhel-9.4,      rhel-9.4,     true
          generic/liblzma5,                                 ubuntu-24.04, true
          """)
  void should_take_a_package_url_for_the_hosts_of_its_distribution(
      String url, String host, boolean about) throws IOException {
    var advisories =
        Advisories.vex(
            file(
                """
                {"bomFormat": "CycloneDX", "vulnerabilities": [
                  {"id": "CVE-2024-3094", "analysis": {"state": "exploitable"}, "affects": [
                    {"ref": "pkg:%s"}]}]}
                """
                    .formatted(url)));

    assertThat(advisories.affects(liblzma("5.4.1-1", host))).isEqualTo(about);
  }

  @Test
  void should_say_what_a_vex_document_says() throws IOException {
    var advisories =
        Advisories.vex(
            file(
                """
                {"bomFormat": "CycloneDX", "specVersion": "1.6",
                 "components": [{"bom-ref": "ssh", "name": "openssh-server", "version": "1:9.2p1-2"}],
                 "vulnerabilities": [
                  {"id": "CVE-2024-3094", "analysis": {"state": "exploitable"}, "affects": [
                    {"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:deb/debian/liblzma5",
                     "versions": [
                      {"range": "vers:deb/>=5.5.1alpha-0.1|<5.6.1%2Breally5.4.5-1", "status": "affected"},
                      {"version": "5.4.5-0.3", "status": "unaffected"}]}]},
                  {"id": "CVE-2024-6387", "analysis": {"state": "not_affected"}, "affects": [
                    {"ref": "ssh"}]}]}
                """));

    assertThat(advisories.about(liblzma("5.6.0-0.2"))).containsExactly("CVE-2024-3094 exploitable");
    assertThat(advisories.affects(liblzma("5.6.0-0.2"))).isTrue();
    assertThat(advisories.about(liblzma("5.4.5-0.3"))).containsExactly("CVE-2024-3094 unaffected");
    assertThat(advisories.affects(liblzma("5.4.5-0.3"))).isFalse();
    var server = file("openssh-server", "openssh", "1:9.2p1-2");
    assertThat(advisories.about(server)).containsExactly("CVE-2024-6387 not affected");
    assertThat(advisories.affects(server)).isFalse();
  }

  @Test
  void should_name_the_file_that_is_no_such_document() throws IOException {
    for (var text : new String[] {"{", "[]{", "{}", "{\"bomFormat\": \"CycloneDX\"}", "12"}) {
      var file = file(text);
      assertThatThrownBy(() -> Advisories.vex(file))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file.toString());
    }
    for (var text :
        new String[] {
          "{\"id\": \"A\"}",
          "{\"id\": \"A\", \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"x\"},"
              + " \"versions\": [\"1\"]}]}",
          "{\"id\": \"A\", \"affected\": [{\"ranges\": [{\"type\": \"GIT\"}]}]}"
        }) {
      var osv = file(text);
      assertThatThrownBy(() -> Advisories.osv(osv))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(osv.toString());
    }
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("advisories.json"), text);
  }

  private static HostFile liblzma(String version) {
    return liblzma(version, "");
  }

  private static HostFile liblzma(String version, String distribution) {
    return file("liblzma5", "xz-utils", version, distribution);
  }

  private static HostFile file(String packageName, String source, String version) {
    return file(packageName, source, version, "");
  }

  private static HostFile file(
      String packageName, String source, String version, String distribution) {
    return new HostFile("/x", packageName, source, version, "", "", Set.of(), false, distribution);
  }
}
