package io.halfsecond.deploy.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.SshdProcess;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final String SSHD = "/usr/sbin/sshd";
  private static final String SYSTEMD = "/usr/lib/libsystemd.so.0.35.0";
  private static final String LZMA = "/usr/lib/liblzma.so.5.4.1";
  private static final HostFingerprint CLEAN =
      host(
          "web-17",
          object(SSHD, "aa", ObjectRole.EXECUTABLE),
          object(LZMA, "bb", ObjectRole.LIBRARY, SSHD, SYSTEMD),
          object(SYSTEMD, "cc", ObjectRole.LIBRARY, SSHD));

  @Test
  void should_show_a_table_with_the_chain_of_indirect_libraries() {
    assertThat(FingerprintText.of(CLEAN))
        .contains(
            "sshd started 2024-03-29T12:01:20Z; below: the files in its memory",
            "/usr/sbin/sshd                 1.0      sshd        2024-03-28  aaaaaaaaaaaa "
                + " 0102030405",
            "/usr/lib/liblzma.so.5.4.1      1.0      liblzma     2024-03-28  bbbbbbbbbbbb "
                + " 0102030405  sshd → libsystemd → liblzma");
  }

  @Test
  void should_say_what_only_new_connections_have() {
    // given: a library was replaced, and sshd not restarted
    var old =
        MappedObject.newBuilder(object(LZMA, "bb", ObjectRole.LIBRARY, SSHD, SYSTEMD))
            .setProcesses(List.of(SshdProcess.LISTENER))
            .setDiffersFromPath(true)
            .setPackage$("")
            .setVersion("")
            .setInstalledAt(Instant.EPOCH)
            .build();
    var replaced =
        HostFingerprint.newBuilder(
                host(
                    "web-17",
                    MappedObject.newBuilder(object(SSHD, "aa", ObjectRole.EXECUTABLE))
                        .setProcesses(List.of(SshdProcess.LISTENER, SshdProcess.MONITOR))
                        .build(),
                    old,
                    MappedObject.newBuilder(object(LZMA, "ee", ObjectRole.LIBRARY, SSHD, SYSTEMD))
                        .setProcesses(List.of(SshdProcess.MONITOR))
                        .build()))
            .setMonitorStartedAt(Instant.parse("2024-03-29T12:04:59.5Z"))
            .build();

    // when, then
    assertThat(FingerprintText.of(replaced))
        .contains(
            "sshd started 2024-03-29T12:01:20Z; below: the files in its memory, and in that of a"
                + " connection at 2024-03-29T12:04:59Z",
            "/usr/sbin/sshd                                       1.0      sshd     2024-03-28 "
                + " aaaaaaaaaaaa  0102030405",
            "/usr/lib/liblzma.so.5.4.1 (differs) (listener only)  –        –        –          "
                + " bbbbbbbbbbbb  0102030405  sshd → libsystemd → liblzma",
            "/usr/lib/liblzma.so.5.4.1 (connections only)         1.0      liblzma  2024-03-28 "
                + " eeeeeeeeeeee  0102030405  sshd → libsystemd → liblzma");
    assertThat(FingerprintDiff.of(CLEAN, replaced))
        .contains(
            "+ /usr/lib/liblzma.so.5.4.1  –  –  sha256 bbbbbbbbbbbb  build-id 0102030405  "
                + "sshd → libsystemd → liblzma  (differs from the file at the path)",
            "+ /usr/lib/liblzma.so.5.4.1  liblzma  1.0  sha256 eeeeeeeeeeee  build-id 0102030405  "
                + "sshd → libsystemd → liblzma");
  }

  @Test
  void should_say_which_object_is_not_the_file_at_its_path() {
    var hidden =
        MappedObject.newBuilder(object(LZMA, "dd", ObjectRole.LIBRARY, SSHD, SYSTEMD))
            .setPackage$("")
            .setVersion("")
            .setDiffersFromPath(true)
            .build();

    assertThat(FingerprintText.of(host("web-17", hidden)))
        .anySatisfy(line -> assertThat(line).startsWith(LZMA + " (differs)  –"))
        .contains(
            LZMA
                + " in memory is not the file at that path: replaced since sshd started, or hidden"
                + " by a mount.");
  }

  @Test
  void should_print_no_control_characters() {
    assertThat(
            String.join(
                "",
                FingerprintText.of(
                    host("web-17\u001b[2J", object("/tmp/\u001b]0;x", "aa", ObjectRole.LIBRARY)))))
        .doesNotContain("\u001b");
  }

  @Test
  void should_tell_what_two_hosts_do_not_have_in_common() {
    // given
    var other =
        host(
            "web-18",
            object(SSHD, "aa", ObjectRole.EXECUTABLE),
            object(LZMA, "ee", ObjectRole.LIBRARY, SSHD, SYSTEMD),
            object("/tmp/libslow.so.1", "ff", ObjectRole.LIBRARY, SSHD, SYSTEMD, LZMA));

    // when
    var lines = FingerprintDiff.of(CLEAN, other);

    // then
    assertThat(lines)
        .containsExactly(
            "- /usr/lib/liblzma.so.5.4.1  liblzma  1.0  sha256 bbbbbbbbbbbb  build-id 0102030405  "
                + "sshd → libsystemd → liblzma",
            "+ /usr/lib/liblzma.so.5.4.1  liblzma  1.0  sha256 eeeeeeeeeeee  build-id 0102030405  "
                + "sshd → libsystemd → liblzma",
            "- /usr/lib/libsystemd.so.0.35.0  libsystemd  1.0  sha256 cccccccccccc  build-id"
                + " 0102030405",
            "+ /tmp/libslow.so.1  libslow  1.0  sha256 ffffffffffff  build-id 0102030405  "
                + "sshd → libsystemd → liblzma → libslow");
    assertThat(
            FingerprintDiff.of(
                CLEAN,
                HostFingerprint.newBuilder(CLEAN)
                    .setHost("web-18")
                    .setAt(Instant.EPOCH)
                    .setBootedAt(Instant.EPOCH)
                    .build()))
        .isEmpty();
  }

  @Test
  void should_read_back_what_it_writes_as_json() throws Exception {
    var json = new ObjectMapper().readTree(RecordJson.of(CLEAN).toString());

    assertThat(RecordJson.read(HostFingerprint.class, json)).isEqualTo(CLEAN);
    assertThat(json.path("objects").path(0).path("package").textValue()).isEqualTo("sshd");
  }

  @Test
  void should_name_the_field_that_is_wrong() throws Exception {
    var json = RecordJson.of(CLEAN).put("at", "yesterday");

    assertThatThrownBy(() -> RecordJson.read(HostFingerprint.class, json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("field at of HostFingerprint: ");
  }

  @Test
  void should_write_a_bill_of_materials_that_is_valid_by_its_schema() throws Exception {
    // when
    var sbom = FingerprintSbom.of(CLEAN).getBytes(StandardCharsets.UTF_8);

    // then
    assertThat(new JsonParser().validate(sbom, Version.VERSION_16)).isEmpty();
    var json = new ObjectMapper().readTree(sbom);
    assertThat(json.path("components")).hasSize(3);
    assertThat(json.path("components").path(1).path("hashes").path(0).path("content").textValue())
        .isEqualTo("bb".repeat(32));
    assertThat(json.path("dependencies").path(2).path("dependsOn").path(0).textValue())
        .startsWith(LZMA);
  }

  private static HostFingerprint host(String name, MappedObject... objects) {
    return HostFingerprint.newBuilder()
        .setHost(name)
        .setCollector("c0ffee")
        .setSequence(1)
        .setAt(Instant.parse("2024-03-29T12:05:00Z"))
        .setKernelRelease("6.1.0")
        .setMachine("x86_64")
        .setBootedAt(Instant.parse("2024-03-28T00:00:00Z"))
        .setListenerStartedAt(Instant.parse("2024-03-29T12:01:20Z"))
        .setObserved(Observed.MAPS)
        .setObjects(List.of(objects))
        .build();
  }

  private static MappedObject object(String path, String hex, ObjectRole role, String... neededBy) {
    var file = path.substring(path.lastIndexOf('/') + 1);
    return MappedObject.newBuilder()
        .setPath(path)
        .setDevice("08:01")
        .setInode(path.hashCode())
        .setSize(1000)
        .setMtime(Instant.EPOCH)
        .setSha256(hex.repeat(32))
        .setBuildId("0102030405")
        .setPackage$(file.replaceAll("\\.so.*", ""))
        .setVersion("1.0")
        .setInstalledAt(Instant.parse("2024-03-28T06:00:00Z"))
        .setNeeded(List.of())
        .setNeededBy(List.of(neededBy))
        .setRole(role)
        .setObserved(Observed.MAPS)
        .setDiffersFromPath(false)
        .build();
  }
}
