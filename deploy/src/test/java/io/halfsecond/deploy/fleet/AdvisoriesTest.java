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
    return file("liblzma5", "xz-utils", version);
  }

  private static HostFile file(String packageName, String source, String version) {
    return new HostFile("/x", packageName, source, version, "", "", Set.of(), false);
  }
}
