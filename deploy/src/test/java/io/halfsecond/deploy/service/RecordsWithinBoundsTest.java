package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Platform;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.packages.InstalledPackage;
import io.halfsecond.collector.inventory.process.AtPath;
import io.halfsecond.collector.selftest.Comparison;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.selftest.TestEnvironment;
import io.halfsecond.collector.selftest.Trial;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a collector measures on its host, the topology accepts the record.
class RecordsWithinBoundsTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path state = Path.of("unset");

  @BeforeAll
  static void logNothing() {
    ExtremeHost.log(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    ExtremeHost.log(null);
  }

  private ExtremeHost host() {
    return new ExtremeHost(TOPICS, "web-17", NOW, state);
  }

  private List<Sink.EncodedRecord> written(ExtremeHost.Writing writing) {
    return host().written(writing);
  }

  /// As the topology takes it from its topic.
  private static <V> V taken(Sink.EncodedRecord record, InputTopic<V> topic) {
    V value = topic.topic().valueSerde().deserializer().deserialize(record.topic(), record.value());
    Checks.check(record.key(), topic.asInput().apply(value), TimeBounds.defaults(), NOW);
    return value;
  }

  private static Object taken(Sink.EncodedRecord record) {
    return InputTopic.all(TOPICS).stream()
        .filter(topic -> topic.topic().name().equals(record.topic()))
        .map(topic -> (Object) taken(record, topic))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void should_be_accepted_whatever_the_host_shows() {
    for (int seed = 0; seed < 300; seed++) {
      var records = host().records(seed);

      assertThat(records).as("seed %d", seed).hasSize(7).allSatisfy(record -> taken(record));
      assertThat(records).allSatisfy(record -> assertThat(record.value()).hasSizeLessThan(1 << 20));
    }
  }

  @Test
  void should_be_the_same_each_time() {
    for (int seed = 0; seed < 20; seed++) {
      int same = seed;
      ExtremeHost.Writing writing =
          to -> to.write(new ExtremeHost.Extremes(same, NOW).fingerprint(), NOW, Optional.empty());

      assertThat(written(writing).getFirst().value())
          .isEqualTo(written(writing).getFirst().value());
    }
  }

  @Test
  void should_leave_an_ordinary_fingerprint_as_it_is() {
    // given
    var chain = List.of("/usr/sbin/sshd", "/usr/lib/libsystemd.so.0.35.0");
    var object =
        new SshdObject(
            "/usr/lib/liblzma.so.5.4.1",
            new FileIdentity("08:01", 1, 2, NOW),
            "0".repeat(64),
            new ElfObject(true, "", List.of("libc.so.6"), List.of(), List.of(), "ab"),
            new InstalledPackage("liblzma5", "xz-utils", "5.4.1-1", NOW),
            chain,
            false,
            List.of(),
            AtPath.SAME);
    var fingerprint =
        new Fingerprint(
            new Platform("6.1", "x86_64", "AMD", "", NOW, "debian-12"),
            "",
            "",
            Optional.empty(),
            Optional.empty(),
            true,
            List.of(object));

    // when
    var record = written(to -> to.write(fingerprint, NOW, Optional.of(NOW.minusSeconds(60))));

    // then
    var read = (HostFingerprint) taken(record.getFirst());
    assertThat(read.getPreviousInspectionAt()).contains(NOW.minusSeconds(60));
    assertThat(read.getObjects())
        .singleElement()
        .satisfies(
            made -> {
              assertThat(made.getPath()).isEqualTo("/usr/lib/liblzma.so.5.4.1");
              assertThat(made.getNeededBy()).isEqualTo(chain);
              assertThat(made.getVersion()).isEqualTo("5.4.1-1");
              assertThat(made.getMtime()).isEqualTo(NOW);
            });
  }

  @Test
  void should_keep_long_paths_apart() {
    var prefix = "/" + "x".repeat(4_000);
    var objects =
        Stream.of("a", "b")
            .map(
                name ->
                    new SshdObject(
                        prefix + name,
                        new FileIdentity("08:01", 1, 2, NOW),
                        "",
                        ElfObject.UNREAD,
                        InstalledPackage.NONE,
                        List.of(),
                        false,
                        List.of(),
                        AtPath.SAME))
            .toList();
    var fingerprint =
        new Fingerprint(
            new Platform("", "", "", "", NOW, ""),
            "",
            "",
            Optional.empty(),
            Optional.empty(),
            true,
            objects);

    var read =
        (HostFingerprint)
            taken(written(to -> to.write(fingerprint, NOW, Optional.empty())).getFirst());

    assertThat(read.getObjects())
        .extracting(MappedObject::getPath)
        .doesNotHaveDuplicates()
        .allSatisfy(path -> assertThat(path).hasSize(512).startsWith("/xxx"));
  }

  @Test
  void should_write_the_command_of_an_sshd_anywhere() {
    var result =
        new SelfTestResult(
            new Trial(Path.of("/opt/größe  π/sshd"), List.of("-V")),
            TestEnvironment.TERMINAL,
            24,
            List.of(
                new Comparison(Measure.WALL, 1e6, 1e6, 1),
                new Comparison(Measure.CPU, 1e6, 1e6, 1)));

    var read = (SelfTestReport) taken(written(to -> to.write(List.of(result), SECOND)).getFirst());

    assertThat(read.getComparisons())
        .extracting(SelfTestComparison::getCommand)
        .containsExactly("/opt/gr%C3%B6%C3%9Fe %CF%80/sshd -V");
  }

  @ParameterizedTest
  @ValueSource(strings = {"größe-π", "", " ", "a/b", "-a", "a b", "x\n"})
  void should_refuse_a_name_that_the_topology_refuses(String name) {
    assertThatThrownBy(() -> new Origin(name, "", "boot", "run"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
    if (!name.isEmpty()) {
      assertThatThrownBy(() -> new Origin("web-17", name, "boot", "run"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
