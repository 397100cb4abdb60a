package io.halfsecond.streams.alert;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.hash;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Contrast;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.attribution.Suspects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The three texts of an alert, as a person reads them.
class AlertTextsTest {
  private static final String LIB = "/usr/lib/x86_64-linux-gnu/";

  private static ShiftFinding slower() {
    return ShiftFinding.newBuilder(Given.shifted().build())
        .setBefore(new Quantiles(1_500L, 8.2 * MILLI, 9.1 * MILLI, 12.0 * MILLI))
        .setAfter(new Quantiles(16L, 513.0 * MILLI, 530.0 * MILLI, 541.0 * MILLI))
        .setShift(505.0 * MILLI)
        .setShiftLow(497.0 * MILLI)
        .setShiftHigh(512.0 * MILLI)
        .setConnections(16)
        .setVotes(4)
        .setWaitingBefore(0.06)
        .setWaitingAfter(0.0)
        .setEvidenceDays(3_682.0)
        .setLimitDays(2_810.0)
        .build();
  }

  private static Alert.Builder alert(Change... changes) {
    var sorted = new ArrayList<>(Arrays.asList(changes));
    sorted.sort(Suspects.BY_SUSPICION);
    return Alert.newBuilder()
        .setAlertId("05ab0f3f" + "0".repeat(24))
        .setState(AlertState.CONFIRMED)
        .setRevision(1)
        .setTier(Tier.STEP)
        .setScope(AlertScope.HOST)
        .setHost(HOST)
        .setCohort("debian-12-x86_64")
        .setSubject("startup/all")
        .setAt(START.plusSeconds(60))
        .setOpenedAt(START)
        .setOnset(START)
        .setAttribution(sorted.isEmpty() ? Attribution.UNKNOWN : Attribution.CHANGED)
        .setChanges(sorted)
        .setFinding(slower())
        .setSummary("");
  }

  private static Alert texts(Alert.Builder builder) {
    var alert = builder.build();
    AlertTexts.write(alert);
    return alert;
  }

  private static Change.Builder change(ChangeKind kind, String subject) {
    return Change.newBuilder()
        .setKind(kind)
        .setSubject(subject)
        .setInside(true)
        .setNotBefore(START.minusSeconds(11))
        .setAt(START.minusSeconds(1));
  }

  /// In place of Debian's, from another directory, and owned by no package.
  private static Change foreignLiblzma() {
    return change(ChangeKind.OBJECT, "/tmp/demo/liblzma.so.5")
        .setSubjectBefore(LIB + "liblzma.so.5.4.1")
        .setBefore(hash(2))
        .setAfter(hash(5))
        .setPackageBefore("liblzma5 5.4.1-1")
        .setChain(List.of("/usr/sbin/sshd", LIB + "libsystemd.so.0", "/tmp/demo/liblzma.so.5"))
        .build();
  }

  private static Change libslow() {
    return change(ChangeKind.OBJECT, "/tmp/demo/libslow.so.1")
        .setAfter(hash(6))
        .setChain(List.of("/usr/sbin/sshd", "/tmp/demo/liblzma.so.5", "/tmp/demo/libslow.so.1"))
        .build();
  }

  private static Change restart() {
    return change(ChangeKind.RESTART, "sshd")
        .setAfter(START.minusSeconds(1).toString())
        .setNotBefore(START.minusSeconds(1))
        .build();
  }

  private static Change upgraded() {
    return change(ChangeKind.OBJECT, LIB + "liblzma.so.5.6.1")
        .setSubjectBefore(LIB + "liblzma.so.5.4.5")
        .setBefore(hash(2))
        .setAfter(hash(5))
        .setPackageBefore("liblzma5 5.4.5-0.3")
        .setPackageAfter("liblzma5 5.6.1-1")
        .build();
  }

  @Test
  void should_name_the_new_library_and_the_new_path_in_all_lengths() {
    var alert = texts(alert(foreignLiblzma(), restart(), libslow()));

    assertThat(alert.getTitle())
        .isEqualTo(
            "web-17: sshd startup 8.2 ms → 513 ms, new library libslow.so.1 (no package)"
                + " [05ab0f3f]");
    assertThat(alert.getSummary())
        .isEqualTo(
            "web-17: sshd startup 8.2 ms → 513 ms (+505 ms [497 ms, 512 ms], 63×) since 2024-03-29"
                + " 12:00:00Z, over 16 connections (preliminary). Began 1 s after new library"
                + " /tmp/demo/libslow.so.1 (no package) and /tmp/demo/liblzma.so.5 in place of"
                + " /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1 (liblzma5 5.4.1-1 → no package);"
                + " sshd started 2024-03-29 11:59:59Z. Waiting for a CPU 6 % → 0 %: not for load."
                + " Evidence 3,682 days against a limit of 2,810. Telemetry complete. Alert"
                + " 05ab0f3f.");
    assertThat(alert.getEvidence())
        .containsExactly(
            alert.getTitle(),
            "Median 8.2 ms → 513 ms, 95 % below 9.1 ms → 530 ms, 99 % below 12 ms → 541 ms.",
            "Difference of the medians +505 ms [497 ms, 512 ms], 63×; 95 % interval in brackets.",
            "Before: 1,500 connections. Since 2024-03-29 12:00:00Z: 16 connections, 4 votes.",
            "Waiting for a CPU 6 % → 0 %: not for load.",
            "Evidence 3,682 days against a limit of 2,810.",
            "Suspect 1: new library /tmp/demo/libslow.so.1 (no package); SHA-256 "
                + hash(6)
                + "; loaded by /usr/sbin/sshd → /tmp/demo/liblzma.so.5 → /tmp/demo/libslow.so.1;"
                + " between 2024-03-29 11:59:49Z and 2024-03-29 11:59:59Z",
            "Suspect 2: /tmp/demo/liblzma.so.5 in place of"
                + " /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1 (liblzma5 5.4.1-1 → no package);"
                + " SHA-256 "
                + hash(2)
                + " → "
                + hash(5)
                + "; loaded by /usr/sbin/sshd → /usr/lib/x86_64-linux-gnu/libsystemd.so.0 →"
                + " /tmp/demo/liblzma.so.5; between 2024-03-29 11:59:49Z and 2024-03-29 11:59:59Z",
            "Suspect 3: sshd started 2024-03-29 11:59:59Z",
            "Telemetry complete.",
            "Alert 05ab0f3f000000000000000000000000");
  }

  @Test
  void should_name_the_package_of_an_upgrade_once_and_no_path_that_is_not_new() {
    var alert = texts(alert(upgraded()));

    assertThat(alert.getTitle())
        .isEqualTo(
            "web-17: sshd startup 8.2 ms → 513 ms, liblzma.so.5.6.1 (liblzma5 5.4.5-0.3 → 5.6.1-1)"
                + " [05ab0f3f]");
    assertThat(alert.getSummary())
        .contains(" Began 1 s after liblzma.so.5.6.1 (liblzma5 5.4.5-0.3 → 5.6.1-1). Waiting ");
  }

  @Test
  void should_prefer_what_no_package_owns_to_what_an_upgrade_brought() {
    var added =
        change(ChangeKind.OBJECT, LIB + "libwtmpdb.so.0")
            .setAfter(hash(7))
            .setPackageAfter("libwtmpdb0 0.73.0-3")
            .build();
    var gone =
        change(ChangeKind.OBJECT, LIB + "libold.so.1")
            .setBefore(hash(8))
            .setPackageBefore("libold1 1.0-1")
            .build();

    var alert = texts(alert(gone, upgraded(), added, foreignLiblzma()));

    assertThat(alert.getEvidence())
        .filteredOn(line -> line.startsWith("Suspect "))
        .extracting(line -> line.substring(11, line.indexOf(';')))
        .containsExactly(
            "/tmp/demo/liblzma.so.5 in place of /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1"
                + " (liblzma5 5.4.1-1 → no package)",
            "new library /usr/lib/x86_64-linux-gnu/libwtmpdb.so.0 (libwtmpdb0 0.73.0-3)",
            "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1 in place of"
                + " /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.5 (liblzma5 5.4.5-0.3 → 5.6.1-1)",
            "/usr/lib/x86_64-linux-gnu/libold.so.1 gone (libold1 1.0-1)");
    assertThat(alert.getSummary()).contains(" and 2 other changes.");
  }

  @Test
  void should_title_every_kind_of_change() {
    assertThat(titles("6.1.0-28", "6.1.0-29", ChangeKind.KERNEL, "kernel"))
        .isEqualTo("kernel 6.1.0-28 → 6.1.0-29");
    assertThat(titles("5.4.5-0.3", "5.6.1-1", ChangeKind.PACKAGE, "liblzma5"))
        .isEqualTo("liblzma5 5.4.5-0.3 → 5.6.1-1");
    assertThat(titles("a", "b", ChangeKind.CONFIGURATION, "sshd_config")).isEqualTo("sshd_config");
    assertThat(titles("0.05", "0.4", ChangeKind.LOAD, "load")).isEqualTo("more load");
    assertThat(titles("", "", ChangeKind.RESTART, "sshd")).isEqualTo("restart of sshd");
    assertThat(titles("", "", ChangeKind.BOOT, "host")).isEqualTo("boot of the host");
    assertThat(titles(hash(1), hash(2), ChangeKind.OBJECT, "/opt/ssh/sbin/sshd"))
        .isEqualTo("sshd (other content)");
    assertThat(titles("", "", ChangeKind.OBJECT, LIB + "libx.so.1"))
        .isEqualTo("libx.so.1 (cannot be read)");
  }

  private static String titles(String before, String after, ChangeKind kind, String subject) {
    var alert = texts(alert(change(kind, subject).setBefore(before).setAfter(after).build()));
    assertThat(alert.getTitle())
        .isEqualTo(
            "web-17: sshd startup 8.2 ms → 513 ms, %s [05ab0f3f]".formatted(Title.suspect(alert)));
    return Title.suspect(alert);
  }

  @Test
  void should_count_the_hosts_of_an_incident_and_name_the_only_one() {
    var members =
        IntStream.range(0, 25)
            .mapToObj(
                i -> Member.newBuilder().setHost("web-%02d".formatted(i)).setOnset(START).build())
            .toList();
    var incident =
        alert(libslow())
            .setScope(AlertScope.INCIDENT)
            .setHost("")
            .setContrast(new Contrast(25, 25, 0, 475, 1e-30));

    var many = texts(incident.setMembers(members));
    var one = texts(incident.setMembers(members.subList(0, 1)));

    assertThat(many.getTitle())
        .isEqualTo(
            "25 hosts of debian-12-x86_64: sshd startup 8.2 ms → 513 ms, new library libslow.so.1"
                + " (no package) [05ab0f3f]");
    assertThat(many.getSummary())
        .startsWith("25 hosts of debian-12-x86_64 (web-00, web-01, web-02 and 22 more): sshd ");
    assertThat(many.getEvidence())
        .contains("25 of 25 hosts with it show it, 0 of 475 without (p = 1e-30 by chance).")
        .anySatisfy(
            line -> assertThat(line).startsWith("25 hosts: web-00, ").endsWith(" and 5 more"));
    assertThat(one.getTitle()).startsWith("web-00: sshd startup 8.2 ms → 513 ms, ");
  }

  @Test
  void should_say_that_nothing_changed_and_that_the_signal_is_back() {
    var unchanged = texts(alert().setAttribution(Attribution.UNCHANGED));
    var over = texts(alert(libslow()).setState(AlertState.RESOLVED));

    assertThat(unchanged.getTitle())
        .isEqualTo("web-17: sshd startup 8.2 ms → 513 ms, no change found [05ab0f3f]");
    assertThat(over.getTitle()).isEqualTo("web-17: sshd startup is back near 8.2 ms [05ab0f3f]");
  }

  /// A path may have 4,096 bytes, and a dozen of them may be in a chain.
  @Test
  void should_stay_short_whatever_paths_there_are() {
    var path = "/" + "x".repeat(4_095);
    var huge =
        change(ChangeKind.OBJECT, path)
            .setAfter(hash(6))
            .setChain(List.of(path, path, path))
            .build();

    var alert = texts(alert(huge, huge, huge));

    assertThat(alert.getTitle()).hasSizeLessThan(200).contains("…").endsWith(" [05ab0f3f]");
    assertThat(alert.getSummary()).hasSizeLessThan(2_000);
    assertThat(alert.getEvidence()).allSatisfy(line -> assertThat(line).hasSizeLessThan(2_010));
  }
}
