package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.collector.spool.SpooledRecord;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  private static final Instant AT = Instant.parse("2024-03-29T00:00:00Z");
  private static final List<String> TOPICS = List.of("a", "b", "c", "status");

  @TempDir private Path state;
  private final AtomicLong nanos = new AtomicLong();
  private FlakySink sink = new FlakySink(new Random(0));
  private long sequence;
  private int run;
  private Map<String, TopicMeter> meters = new LinkedHashMap<>();

  /// Outages, lost acknowledgements, refused topics and kills, in any order: every record arrives,
  /// first copies in the order of their numbers, and the progress says so.
  @RepeatedTest(30)
  void should_lose_nothing_and_keep_the_order_whatever_happens(RepetitionInfo repetition) {
    // given
    var seed = repetition.getCurrentRepetition();
    var random = new Random(seed);
    sink = new FlakySink(random);
    var emitted = new ArrayList<String>();
    var delivery = start(20);

    // when
    for (int i = 0; i < 600; i++) {
      switch (random.nextInt(12)) {
        case 0 -> sink.away = !sink.away;
        case 1, 2, 3, 4 -> {
          var batch = batch(random, emitted);
          delivery.accept(batch);
        }
        case 5 -> nanos.addAndGet(Duration.ofMillis(random.nextInt(3_000)).toNanos());
        case 6 -> {
          if (delivery.isOpen("status")) {
            delivery.acceptUnspooled(record("status"));
          }
        }
        case 7 -> {
          if (random.nextInt(20) == 0) {
            delivery = start(random.nextInt(40) + 1);
          }
        }
        default -> {
          delivery.send();
          sink.step();
          delivery.tick(sequence);
        }
      }
      assertBalance(delivery);
    }
    sink.away = false;
    drain(delivery);

    // then
    var firstCopies = firstCopies();
    assertThat(firstCopies.keySet()).as("seed %d", seed).containsAll(emitted);
    assertThat(newestByTopicAndRun()).as("seed %d: order", seed).isTrue();
    for (var progress : progress(delivery)) {
      assertThat(progress.getSettled()).as("seed %d", seed).isEqualTo(progress.getAssigned());
      assertThat(progress.getDropped()).as("seed %d", seed).isEmpty();
    }
    assertThat(delivery.inMemory()).isZero();
    assertThat(delivery.spooled()).isZero();
  }

  @Test
  void should_wait_until_the_first_record_is_acknowledged() {
    var delivery = start(20);

    assertThat(delivery.waiting()).map(Waiting::reason).contains(Waiting.Reason.BROKER);

    delivery.accept(List.of(record("a")));
    drain(delivery);
    assertThat(delivery.waiting()).isEmpty();
    assertThat(delivery.sinceAcknowledged()).isZero();
  }

  @Test
  void should_say_which_topic_is_not_taken_while_others_are() {
    // given
    var delivery = start(20);
    delivery.accept(List.of(record("a")));
    drain(delivery);
    sink.away = true;
    delivery.accept(List.of(record("b"), record("c")));
    delivery.send();
    assertThat(delivery.waiting()).as("it may be a moment").isEmpty();

    // when
    pass(delivery, 6);

    // then
    var waiting = delivery.waiting().orElseThrow();
    assertThat(waiting.text()).startsWith("2 records wait, b, c cannot be delivered: ");
    assertThat(delivery.sinceAcknowledged()).isGreaterThanOrEqualTo(Duration.ofSeconds(6));

    // and when it takes them
    sink.away = false;
    drain(delivery);

    // then
    assertThat(delivery.waiting()).isEmpty();
  }

  @Test
  void should_not_be_done_while_it_sends_what_has_waited() {
    // given
    var delivery = start(10);
    delivery.accept(List.of(record("a")));
    drain(delivery);
    sink.away = true;
    for (int i = 0; i < 300; i++) {
      delivery.accept(List.of(record("a")));
    }
    pass(delivery, 20);

    // when: it takes some of them
    sink.away = false;
    for (int i = 0;
        i < 20 && delivery.waiting().orElseThrow().reason() != Waiting.Reason.CATCHING_UP;
        i++) {
      pass(delivery, 1);
      sink.step();
    }

    // then
    assertThat(delivery.waiting().orElseThrow().reason()).isEqualTo(Waiting.Reason.CATCHING_UP);
    drain(delivery);
    assertThat(delivery.waiting()).isEmpty();
  }

  private void pass(Delivery delivery, int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      delivery.tick(sequence);
      delivery.send();
    }
  }

  /// The disk holds an outage that memory does not.
  @Test
  void should_read_from_disk_what_memory_had_no_room_for() {
    // given
    var delivery = start(10);
    sink.away = true;
    for (int i = 0; i < 1_000; i++) {
      delivery.accept(List.of(record("a"), record("b")));
      delivery.send();
    }
    assertThat(delivery.inMemory()).isLessThan(600);

    // when
    sink.away = false;
    drain(delivery);

    // then
    assertThat(firstCopies()).hasSize(2_000);
    assertThat(sink.arrived).hasSize(2_000);
  }

  @Test
  void should_send_a_heartbeat_before_the_backlog_also_when_it_was_refused_first() {
    // given
    var delivery = start(10);
    sink.busy = true;
    delivery.accept(List.of(record("a"), record("b")));
    delivery.send();
    delivery.acceptUnspooled(record("status"));
    delivery.settle();

    // when
    sink.busy = false;
    drain(delivery);

    // then
    assertThat(firstCopies().keySet()).containsExactly("status 0 2", "a 0 0", "b 0 1");
  }

  /// The emitter has numbered ten records and handed over three.
  @Test
  void should_not_call_settled_what_is_still_queued() {
    // given
    var delivery = start(10);
    delivery.accept(List.of(record("a"), record("b"), record("a")));

    // when
    sequence = 10;
    drain(delivery);

    // then
    var progress = delivery.runs(10, 3).getFirst().progress();
    assertThat(progress.getAssigned()).isEqualTo(10);
    assertThat(progress.getSettled()).isEqualTo(3);
  }

  @Test
  void should_give_up_the_oldest_records_when_the_spool_is_full() throws Exception {
    // given
    var delivery = start(10);
    sink.away = true;

    // when
    var value = new byte[1_000];
    for (int i = 0; i < 4_000; i++) {
      delivery.accept(List.of(record("a", value)));
      delivery.tick(sequence);
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    long dropped = meter("a").droppedCount(DropReason.SPOOL_FULL);
    assertThat(bytesOnDisk()).isLessThan(SpoolSettings.LEAST_BYTES * 12 / 10);
    assertThat(dropped).isBetween(2_500L, 3_500L);
    sink.away = false;
    drain(delivery);

    // then
    var kept = firstCopies().keySet().stream().toList();
    assertThat(kept).hasSize(4_000 - (int) dropped).endsWith("a 0 3999");
    assertThat(progress(delivery).getFirst().getDropped())
        .containsOnly(Map.entry("spool-full", dropped));
    assertThat(progress(delivery).getFirst().getSettled()).isEqualTo(4_000);
  }

  @Test
  void should_give_up_records_that_are_too_old() {
    // given
    var delivery = start(10);
    sink.away = true;
    delivery.accept(List.of(record("a"), record("b")));

    // when
    nanos.addAndGet(Duration.ofHours(20).toNanos());
    delivery.accept(List.of(record("a")));
    delivery.tick(sequence);
    nanos.addAndGet(Duration.ofHours(2).toNanos());
    delivery.accept(List.of(record("a")));
    delivery.tick(sequence);
    sink.away = false;
    drain(delivery);

    // then: a segment is given up as a whole
    assertThat(firstCopies().keySet()).containsExactly("a 0 3");
    assertThat(meter("a").droppedCount(DropReason.SPOOL_EXPIRED)).isEqualTo(2);
    assertThat(meter("b").droppedCount(DropReason.SPOOL_EXPIRED)).isOne();
  }

  @Test
  void should_tell_of_an_earlier_run_until_an_hour_after_it_is_settled() {
    // given
    var first = start(10);
    sink.away = true;
    first.accept(List.of(record("a"), record("b")));

    // when: killed, and started anew
    var second = start(10);
    assertThat(progress(second).getLast())
        .satisfies(
            earlier -> {
              assertThat(earlier.getCollector()).isEqualTo("run 0");
              assertThat(earlier.getEnded()).isTrue();
              assertThat(earlier.getAssigned()).isEqualTo(2);
              assertThat(earlier.getSettled()).isZero();
              assertThat(earlier.getUnaccounted()).isZero();
            });
    sink.away = false;
    drain(second);

    // then
    assertThat(progress(second).getLast())
        .satisfies(
            earlier -> {
              assertThat(earlier.getSettled()).isEqualTo(2);
              assertThat(earlier.getLastAcknowledged())
                  .containsOnly(Map.entry("a", 0L), Map.entry("b", 1L));
            });
    nanos.addAndGet(Duration.ofHours(1).plusSeconds(1).toNanos());
    assertThat(progress(second)).hasSize(1);
  }

  @Test
  void should_count_records_that_can_no_longer_be_read() throws Exception {
    // given
    var delivery = start(1);
    sink.away = true;
    for (int i = 0; i < 10; i++) {
      delivery.accept(List.of(record("a")));
    }

    // when: the file is overwritten behind the header and the first block
    var bytes = Files.readAllBytes(segment());
    java.util.Arrays.fill(bytes, bytes.length - 400, bytes.length - 100, (byte) 0);
    Files.write(segment(), bytes);
    sink.away = false;
    drain(delivery);

    // then
    long corrupt = meter("a").droppedCount(DropReason.SPOOL_CORRUPT);
    assertThat(corrupt).isPositive();
    assertThat(firstCopies()).hasSize(10 - (int) corrupt);
    assertThat(progress(delivery).getFirst().getSettled()).isEqualTo(10);
  }

  @Test
  void should_leave_in_the_spool_what_is_not_acknowledged_when_it_closes() {
    // given
    var first = start(10);
    sink.away = true;
    first.accept(List.of(record("a"), record("b")));
    first.acceptUnspooled(record("status"));

    // when
    first.close(sequence);
    assertThat(meter("a").droppedCount(DropReason.CLOSED)).isZero();
    assertThat(meter("status").droppedCount(DropReason.CLOSED)).isOne();
    var second = start(10);
    sink.away = false;
    drain(second);

    // then
    assertThat(firstCopies().keySet()).contains("a 0 0", "b 0 1");
    assertThat(progress(second).getLast())
        .satisfies(
            earlier -> {
              assertThat(earlier.getAssigned()).isEqualTo(3);
              assertThat(earlier.getUnaccounted()).isZero();
              assertThat(earlier.getDropped()).containsOnly(Map.entry("closed", 1L));
            });
  }

  @Test
  void should_count_a_rejected_record_once_when_the_collector_is_killed_after_it() {
    // given
    sink.unacceptable = record -> record.value()[0] == 'b';
    var first = start(10);
    first.accept(List.of(record("a"), record("b"), record("a"), record("b")));
    first.send();
    first.tick(sequence);
    assertThat(meter("b").droppedCount(DropReason.REJECTED)).isEqualTo(2);

    // when: killed before the others were acknowledged
    var second = start(10);
    drain(second);

    // then
    assertThat(meter("b").droppedCount(DropReason.REJECTED)).isZero();
    assertThat(progress(second).getLast())
        .satisfies(
            earlier -> {
              assertThat(earlier.getSettled()).isEqualTo(4);
              assertThat(earlier.getDropped()).containsOnly(Map.entry("rejected", 2L));
              assertThat(earlier.getUnaccounted()).isZero();
            });
  }

  /// It is not known to be settled until those before it are.
  @Test
  void should_count_a_rejected_record_once_when_one_before_it_failed() {
    // given: the first one is lost on its way, the second one is rejected
    sink.unacceptable = record -> record.value()[1] == '!';
    var first = start(10);
    first.accept(List.of(record("a"), rejected("a"), record("a")));
    first.send();
    sink.lose();
    first.settle();
    first.tick(sequence);
    assertThat(meter("a").droppedCount(DropReason.REJECTED)).isZero();

    // when: killed
    var second = start(10);
    drain(second);

    // then
    assertThat(firstCopies().keySet()).containsExactly("a 0 0", "a 0 2");
    assertThat(meter("a").droppedCount(DropReason.REJECTED)).isOne();
    assertThat(progress(second).getLast().getDropped()).containsOnly(Map.entry("rejected", 1L));
  }

  /// As where the process has no file descriptor left.
  @Test
  void should_wait_for_a_segment_that_cannot_be_opened_now() throws Exception {
    // given
    var delivery = start(1);
    sink.away = true;
    for (int i = 0; i < 10; i++) {
      delivery.accept(List.of(record("a")));
    }
    var segment = segment();
    var elsewhere = hide(segment);

    // when
    sink.away = false;
    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      delivery.tick(sequence);
      delivery.send();
      sink.deliverAll();
    }
    assertThat(delivery.isEmpty()).isFalse();
    assertThat(meter("a").droppedCount(DropReason.SPOOL_CORRUPT)).isZero();
    Files.move(elsewhere, segment, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    drain(delivery);

    // then
    assertThat(firstCopies()).hasSize(10);
    assertThat(meter("a").droppedCount(DropReason.SPOOL_CORRUPT)).isZero();
  }

  @Test
  void should_count_as_lost_what_cannot_be_opened_for_a_minute() throws Exception {
    // given
    var delivery = start(1);
    sink.away = true;
    for (int i = 0; i < 10; i++) {
      delivery.accept(List.of(record("a")));
    }
    hide(segment());

    // when
    sink.away = false;
    drain(delivery);

    // then
    long lost = meter("a").droppedCount(DropReason.SPOOL_CORRUPT);
    assertThat(lost).isPositive();
    assertThat(firstCopies()).hasSize(10 - (int) lost);
  }

  /// The file of the spool's only segment.
  private Path segment() throws IOException {
    try (var files = Files.list(state.resolve("spool"))) {
      return files.filter(file -> file.toString().matches(".*\\d\\.avro")).findAny().orElseThrow();
    }
  }

  /// A link in place of a file: the spool opens none.
  ///
  /// @return where the file is
  private Path hide(Path file) throws IOException {
    var elsewhere = Files.move(file, state.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);
    return elsewhere;
  }

  private SpooledRecord rejected(String topic) {
    meter(topic).created(1);
    return new SpooledRecord(
        "run " + (run - 1),
        sequence++,
        AT.plusNanos(nanos.get()),
        new EncodedRecord(topic, "web-17", AT, "a!".getBytes(StandardCharsets.UTF_8), new byte[0]));
  }

  /// Starts a run. One that was running is as good as killed.
  private Delivery start(int kept) {
    sequence = 0;
    var current = RunCount.ofThisProcess("run " + run++, "boot");
    meters = new LinkedHashMap<>();
    TOPICS.forEach(topic -> meters.put(topic, new TopicMeter()));
    var wall = (InstantSource) () -> AT.plusNanos(nanos.get());
    // The answers to the killed run reach nobody.
    var settings = new SpoolSettings(SpoolSettings.LEAST_BYTES, Duration.ofHours(20));
    var spool =
        new Spool(state.resolve("spool"), settings, current.collector(), "boot", wall, nanos::get);
    sink.forget();
    var delivery = new Delivery(sink, spool, current, meters, kept, wall, nanos::get, () -> {});
    delivery.open();
    return delivery;
  }

  private void drain(Delivery delivery) {
    for (int i = 0; !delivery.isEmpty(); i++) {
      assertThat(i).as("rounds until all was sent").isLessThan(10_000);
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      delivery.tick(sequence);
      delivery.send();
      sink.deliverAll();
      delivery.settle();
    }
  }

  private List<SpooledRecord> batch(Random random, List<String> emitted) {
    var batch = new ArrayList<SpooledRecord>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      var record = record(TOPICS.get(random.nextInt(3)));
      batch.add(record);
      emitted.add(id(record.record()));
    }
    return batch;
  }

  private TopicMeter meter(String topic) {
    return Objects.requireNonNull(meters.get(topic));
  }

  private SpooledRecord record(String topic) {
    return record(topic, new byte[0]);
  }

  private SpooledRecord record(String topic, byte[] more) {
    meter(topic).created(1);
    var text = "%s %d %d".formatted(topic, run - 1, sequence).getBytes(StandardCharsets.UTF_8);
    var value = java.util.Arrays.copyOf(text, text.length + more.length);
    return new SpooledRecord(
        "run " + (run - 1),
        sequence++,
        AT.plusNanos(nanos.get()),
        new EncodedRecord(topic, "web-17", AT, value, new byte[0]));
  }

  private static String id(EncodedRecord record) {
    return new String(record.value(), StandardCharsets.UTF_8).strip().replace("\0", "");
  }

  private Map<String, Integer> firstCopies() {
    var first = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < sink.arrived.size(); i++) {
      first.putIfAbsent(id(sink.arrived.get(i)), i);
    }
    return first;
  }

  /// Whether first copies of each topic and run have rising numbers.
  private boolean newestByTopicAndRun() {
    var newest = new HashMap<String, Long>();
    var seen = new HashSet<String>();
    for (var record : sink.arrived) {
      var id = id(record);
      if (seen.add(id)) {
        var parts = id.split(" ", -1);
        long number = Long.parseLong(parts[2]);
        if (newest.getOrDefault(parts[0] + parts[1], -1L) >= number) {
          return false;
        }
        newest.put(parts[0] + parts[1], number);
      }
    }
    return true;
  }

  private void assertBalance(Delivery delivery) {
    for (var meter : meters.values()) {
      assertThat(meter.undecided()).isGreaterThanOrEqualTo(meter.spooledCount());
      assertThat(meter.spooledCount()).isNotNegative();
    }
    assertThat(delivery.inMemory()).isNotNegative();
  }

  private List<RunProgress> progress(Delivery delivery) {
    return delivery.runs(sequence, sequence).stream().map(RunCount::progress).toList();
  }

  private long bytesOnDisk() throws IOException {
    try (var files = Files.list(state.resolve("spool"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
