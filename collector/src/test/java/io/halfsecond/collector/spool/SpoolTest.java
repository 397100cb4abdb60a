package io.halfsecond.collector.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.collector.sink.Sink.EncodedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final Instant AT = Instant.parse("2024-03-29T00:00:00Z");
  private static final String BOOT = "boot";

  private final AtomicLong nanos = new AtomicLong();
  @TempDir private Path state;

  @Test
  void should_give_the_next_run_what_a_killed_run_has_appended() {
    // given
    var spool = opened("first");
    assertThat(spool.append(records("first", 0, 3))).isPresent();
    assertThat(spool.append(records("first", 3, 5))).isPresent();
    spool.assigned(5);

    // when: the first run was killed
    var next = spool("second");
    var found = next.open().orElseThrow();

    // then
    assertThat(found.segments())
        .singleElement()
        .satisfies(
            segment -> assertThat(sequences(next, segment)).containsExactly(0L, 1L, 2L, 3L, 4L));
    assertThat(found.runs())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.collector()).isEqualTo("first");
              assertThat(run.assigned()).isEqualTo(5);
              assertThat(run.unaccounted()).isZero();
              assertThat(run.ended()).isTrue();
            });
  }

  @Test
  void should_keep_the_bytes_of_a_record_as_they_were() throws Exception {
    // given
    var spool = opened("first");
    var record =
        new SpooledRecord(
            "first",
            7,
            AT,
            new EncodedRecord("topic", "web-17", AT, new byte[] {1, 0, -1}, new byte[] {9, 8}));

    // when
    var segment = spool.append(List.of(record)).orElseThrow();

    // then
    try (var reader = spool.reader(segment).orElseThrow()) {
      var read = reader.next().orElseThrow();
      assertThat(read.run()).isEqualTo("first");
      assertThat(read.sequence()).isEqualTo(7);
      assertThat(read.record().key()).isEqualTo("web-17");
      assertThat(read.record().at()).isEqualTo(AT);
      assertThat(read.record().value()).containsExactly(1, 0, -1);
    }
  }

  /// The files are Avro's, not ours alone.
  @Test
  void should_write_files_that_avro_reads() throws Exception {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 3));
    spool.append(records("first", 3, 4));

    // when
    var sequences = new ArrayList<Object>();
    try (var reader =
        new DataFileReader<GenericRecord>(onlySegment().toFile(), new GenericDatumReader<>())) {
      reader.forEach(record -> sequences.add(record.get("sequence")));
    }

    // then
    assertThat(sequences).containsExactly(0L, 1L, 2L, 3L);
  }

  /// Numbers that were given to records which did not reach the disk.
  @Test
  void should_count_what_a_killed_run_did_not_append() {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 3));
    spool.save(List.of(run("first", 3, 64)), true);
    spool.assigned(10);

    // when
    var found = spool("second").open().orElseThrow();

    // then
    assertThat(found.runs().getFirst().assigned()).isEqualTo(10);
    assertThat(found.runs().getFirst().unaccounted()).isEqualTo(7);
  }

  @Test
  void should_tell_an_upper_bound_when_the_machine_has_crashed() {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 3));
    spool.save(List.of(run("first", 3, 64)), true);

    // when
    var found =
        new Spool(directory(), SpoolSettings.defaults(), "second", "another", wall(), nanos::get)
            .open()
            .orElseThrow();

    // then
    assertThat(found.runs().getFirst().assigned()).isEqualTo(64);
    assertThat(found.runs().getFirst().unaccounted()).isEqualTo(61);
  }

  /// As where the disk is full when the collector starts.
  @Test
  void should_give_what_it_finds_also_where_it_cannot_write() throws Exception {
    // given
    var first = opened("first");
    assertThat(first.append(records("first", 0, 3))).isPresent();
    first.assigned(5);
    var inTheWay = Files.createDirectories(state.resolve("spool/runs.avro.new/occupied"));

    // when
    var second = spool("second");
    var found = second.open().orElseThrow();
    second.assigned(1);

    // then
    assertThat(found.segments())
        .singleElement()
        .satisfies(segment -> assertThat(sequences(second, segment)).containsExactly(0L, 1L, 2L));
    assertThat(second.trouble()).contains("runs.avro.new");

    // when: it is killed, and there is room again
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    var third = spool("third");

    // then: what the first run had given is still known
    assertThat(third.open().orElseThrow().runs())
        .singleElement()
        .satisfies(run -> assertThat(run.assigned()).isEqualTo(5));
    assertThat(third.trouble()).isEmpty();
  }

  @Test
  void should_not_send_again_what_was_acknowledged_when_it_was_saved() {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 3));
    spool.save(
        List.of(
            new Run(
                "first", BOOT, 3, 64, 2, Map.of("a", 1L), Map.of("a", 1L), Map.of(), 0, false, 0)),
        false);

    // when
    var next = spool("second");
    var found = next.open().orElseThrow();

    // then
    assertThat(found.segments().getFirst().outstanding(new Segment.Key("first", "a"))).isOne();
    assertThat(found.runs().getFirst().unaccounted()).isZero();
  }

  /// Whatever a crash leaves of a segment: every block that is whole is found, and the rest is
  /// counted.
  @Test
  void should_read_what_is_whole_at_every_truncation() throws Exception {
    // given
    var spool = opened("first");
    var ends = new ArrayList<Long>();
    for (int i = 0; i < 5; i++) {
      spool.append(records("first", i, i + 1));
      ends.add(Files.size(onlySegment()));
    }
    spool.assigned(5);
    spool.save(List.of(run("first", 5, 64)), true);
    var whole = Files.readAllBytes(onlySegment());

    for (int length = 0; length <= whole.length; length++) {
      // when
      var file = java.util.Arrays.copyOf(whole, length);
      var found = recovered(file);

      // then
      long readable = ends.stream().filter(end -> end <= file.length).count();
      assertThat(outstanding(found)).as("%d bytes", length).isEqualTo(readable);
      assertThat(found.runs().getFirst().assigned()).isEqualTo(5);
      assertThat(missing(found)).as("%d bytes", length).isEqualTo(5 - readable);
    }
  }

  @Test
  void should_lose_two_blocks_at_most_when_a_byte_is_flipped() throws Exception {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 2));
    spool.append(records("first", 2, 3));
    spool.append(records("first", 3, 5));
    spool.assigned(5);
    spool.save(List.of(run("first", 5, 64)), true);
    var whole = Files.readAllBytes(onlySegment());
    long header = headerBytes();

    for (int at = 0; at < whole.length; at++) {
      // when
      var file = whole.clone();
      file[at] ^= 0x55;
      var found = recovered(file);

      // then
      assertThat(outstanding(found) + missing(found)).as("byte %d", at).isEqualTo(5);
      // A damaged marker hides the block behind it as well.
      assertThat(outstanding(found)).as("byte %d", at).isGreaterThanOrEqualTo(at < header ? 5 : 2);
    }
  }

  /// A length in a damaged file must not become an allocation: the heap of a collector is 32 MB.
  @Test
  void should_not_allocate_what_a_damaged_length_names() throws Exception {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 1));
    long first = Files.size(onlySegment());
    spool.append(records("first", 1, 2));
    var file = Files.readAllBytes(onlySegment());
    for (int i = 0; i < 5; i++) {
      file[(int) first + i] = (byte) (i == 4 ? 0x0f : 0xff);
    }

    // when
    var found = recovered(file);

    // then
    assertThat(outstanding(found)).isOne();
  }

  @Test
  void should_refuse_a_link_in_place_of_its_directory() throws Exception {
    // given
    var elsewhere = Files.createDirectory(state.resolve("elsewhere"));
    Files.createSymbolicLink(directory(), elsewhere);
    var spool = spool("first");

    // then
    assertThat(spool.open()).isEmpty();
    assertThat(spool.trouble()).contains("no directory of its own");
    assertThat(spool.append(records("first", 0, 1))).isEmpty();
    assertThat(elsewhere).isEmptyDirectory();

    // and when the link is gone
    Files.delete(directory());
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(spool.open()).isPresent();
    assertThat(spool.append(records("first", 0, 1))).isPresent();
    assertThat(spool.trouble()).isEmpty();
  }

  @Test
  void should_follow_no_link_in_place_of_a_file_and_leave_foreign_files_alone() throws Exception {
    // given
    Files.createDirectory(directory());
    var target = Files.writeString(state.resolve("target"), "precious");
    Files.createSymbolicLink(directory().resolve("0000000000000000.avro"), target);
    Files.writeString(directory().resolve("notes.txt"), "mine");

    // when
    var spool = opened("first");
    spool.append(records("first", 0, 1));
    spool.close();

    // then
    assertThat(target).hasContent("precious");
    assertThat(directory().resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void should_be_readable_by_its_owner_only() throws Exception {
    // given
    Files.createDirectory(directory());
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));

    // when
    var spool = opened("first");
    spool.append(records("first", 0, 1));
    spool.save(List.of(run("first", 1, 64)), true);

    // then
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    try (var files = Files.list(directory())) {
      assertThat(files.toList())
          .hasSize(3)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void should_name_the_oldest_segment_when_it_is_full_or_old() {
    // given
    var settings = new SpoolSettings(SpoolSettings.LEAST_BYTES, Duration.ofHours(16));
    var spool = new Spool(directory(), settings, "first", BOOT, wall(), nanos::get);
    spool.open();
    var first = spool.append(records("first", 0, 1)).orElseThrow();
    assertThat(spool.overdue()).isEmpty();

    // when
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(spool.overdue()).isEmpty();
    var second = spool.append(records("first", 1, 2)).orElseThrow();
    nanos.addAndGet(Duration.ofHours(15).toNanos());

    // then
    assertThat(second).isNotSameAs(first);
    assertThat(spool.overdue())
        .hasValueSatisfying(
            overdue -> {
              assertThat(overdue.segment()).isSameAs(first);
              assertThat(overdue.full()).isFalse();
            });
    spool.delete(first);
    assertThat(spool.overdue()).isEmpty();

    // and when it is full
    for (long i = 2; spool.bytes() <= SpoolSettings.LEAST_BYTES; i += 100) {
      spool.append(records("first", i, i + 100));
    }
    assertThat(spool.overdue())
        .hasValueSatisfying(
            overdue -> {
              assertThat(overdue.segment()).isSameAs(second);
              assertThat(overdue.full()).isTrue();
            });
  }

  @Test
  void should_delete_a_segment_when_all_of_it_is_settled() throws Exception {
    // given
    var spool = opened("first");
    var segment = spool.append(records("first", 0, 3)).orElseThrow();
    segment.settled(new Segment.Key("first", "a"), 3);

    // when
    spool.close();

    // then
    assertThat(new SpoolDirectoryFiles(directory()).segments()).isEmpty();
  }

  @Test
  void should_go_on_in_a_new_segment_when_its_file_was_deleted() throws Exception {
    // given
    var spool = opened("first");
    spool.append(records("first", 0, 1));
    Files.delete(onlySegment());

    // when
    spool.save(List.of(run("first", 1, 64)), false);
    assertThat(spool.trouble()).contains("was deleted");
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());

    // then
    assertThat(spool.append(records("first", 1, 2))).isPresent();
    assertThat(onlySegment()).isNotEmptyFile();
  }

  @Test
  void should_name_the_key_of_a_bad_setting() {
    assertThatThrownBy(() -> new SpoolSettings(1, Duration.ofHours(1)))
        .hasMessageContaining("collector.spool-size");
    assertThatThrownBy(() -> new SpoolSettings(1 << 20, Duration.ofHours(24)))
        .hasMessageContaining("collector.spool-age");
  }

  /// Starts a run where the only segment has this content.
  private Spool.Recovered recovered(byte[] segment) throws IOException {
    var copy = Files.createTempDirectory(state, "copy").resolve("spool");
    Files.createDirectory(copy);
    Files.write(copy.resolve("0000000000000000.avro"), segment);
    for (var name : List.of(SpoolDirectory.RUNS, SpoolDirectory.ASSIGNED)) {
      if (Files.exists(directory().resolve(name))) {
        Files.copy(directory().resolve(name), copy.resolve(name));
      }
    }
    return new Spool(copy, SpoolSettings.defaults(), "second", BOOT, wall(), nanos::get)
        .open()
        .orElseThrow();
  }

  private static long outstanding(Spool.Recovered found) {
    return found.segments().stream()
        .mapToLong(segment -> segment.outstanding(new Segment.Key("first", "a")))
        .sum();
  }

  private static long missing(Spool.Recovered found) {
    return found.runs().stream().mapToLong(run -> run.unaccounted() + run.droppedInAll()).sum();
  }

  private List<Long> sequences(Spool spool, Segment segment) {
    var sequences = new ArrayList<Long>();
    try (var reader = spool.reader(segment).orElseThrow()) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        sequences.add(next.get().sequence());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return sequences;
  }

  private Spool opened(String run) {
    var spool = spool(run);
    assertThat(spool.open()).isPresent();
    return spool;
  }

  private Spool spool(String run) {
    return new Spool(directory(), SpoolSettings.defaults(), run, BOOT, wall(), nanos::get);
  }

  private Path directory() {
    return state.resolve("spool");
  }

  private Path onlySegment() throws IOException {
    return new SpoolDirectoryFiles(directory()).segments().getFirst();
  }

  private long headerBytes() throws IOException {
    var file = state.resolve("empty.avro");
    try (var writer = new ContainerWriter(file, SpoolFormat.RECORD)) {
      writer.append(List.of());
      return writer.length();
    }
  }

  /// The segments that are there.
  private record SpoolDirectoryFiles(Path directory) {
    List<Path> segments() throws IOException {
      return SpoolDirectory.list(directory).segments();
    }
  }

  private static Run run(String collector, long assigned, long reserved) {
    return new Run(
        collector, BOOT, assigned, reserved, 0, Map.of(), Map.of(), Map.of(), 0, false, 0);
  }

  private static InstantSource wall() {
    return InstantSource.fixed(AT);
  }

  private static List<SpooledRecord> records(String run, long from, long until) {
    return LongStream.range(from, until)
        .mapToObj(
            i ->
                new SpooledRecord(
                    run,
                    i,
                    AT,
                    new EncodedRecord(
                        "a",
                        "web-17",
                        AT,
                        ("value " + i).getBytes(StandardCharsets.UTF_8),
                        new byte[0])))
        .toList();
  }
}
