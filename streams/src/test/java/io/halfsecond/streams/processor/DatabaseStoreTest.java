package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseStoreTest {
  private static final TopicPartition CHANGELOG = new TopicPartition("changelog", 0);
  private static final String UMLAUT = "ü";

  private final List<KeyValueStore<Bytes, byte[]>> opened = new ArrayList<>();

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void close() {
    opened.forEach(KeyValueStore::close);
  }

  private Path task(int partition) throws IOException {
    return Files.createDirectories(directory.resolve("0_" + partition));
  }

  private KeyValueStore<Bytes, byte[]> open(int partition, String name) throws IOException {
    var store = DatabaseStore.named(name).get();
    store.init(
        new MockProcessorContext<>(
                new Properties(), new TaskId(0, partition), task(partition).toFile())
            .getStateStoreContext(),
        store);
    opened.add(store);
    return store;
  }

  private static Bytes key(String key) {
    return Bytes.wrap(key.getBytes(UTF_8));
  }

  private static void put(KeyValueStore<Bytes, byte[]> store, String... keys) {
    for (var key : keys) {
      store.put(key(key), ("value of " + key).getBytes(UTF_8));
    }
  }

  private static List<String> keys(KeyValueIterator<Bytes, byte[]> entries) {
    var keys = new ArrayList<String>();
    try (entries) {
      entries.forEachRemaining(
          entry -> {
            var key = new String(entry.key.get(), UTF_8);
            assertThat(entry.value).asString(UTF_8).isEqualTo("value of " + key);
            keys.add(key);
          });
    }
    return keys;
  }

  @Test
  void should_keep_stores_and_tasks_apart() throws IOException {
    var hosts = open(1, "hosts");
    var trials = open(1, "trials");
    var elsewhere = open(11, "hosts");
    put(hosts, "a", "b");
    put(trials, "b");
    put(elsewhere, "c");

    assertThat(keys(hosts.all())).containsExactly("a", "b");
    assertThat(keys(trials.all())).containsExactly("b");
    assertThat(keys(elsewhere.all())).containsExactly("c");
    assertThat(hosts.delete(key("b"))).asString(UTF_8).isEqualTo("value of b");
    assertThat(hosts.get(key("b"))).isNull();
    assertThat(trials.get(key("b"))).isNotNull();
    assertThat(hosts.approximateNumEntries()).isEqualTo(1);
  }

  @Test
  void should_read_ranges_in_both_directions() throws IOException {
    var store = open(0, "hosts");
    open(0, "hostz").put(key(""), new byte[0]);
    put(store, UMLAUT, "a", "a/1", "a/2", "a0", "b");

    assertThat(keys(store.all())).containsExactly("a", "a/1", "a/2", "a0", "b", UMLAUT);
    assertThat(keys(store.reverseAll())).containsExactly(UMLAUT, "b", "a0", "a/2", "a/1", "a");
    assertThat(keys(store.prefixScan("a/", new StringSerializer()))).containsExactly("a/1", "a/2");
    assertThat(keys(store.range(key("a/2"), key("b")))).containsExactly("a/2", "a0", "b");
    assertThat(keys(store.reverseRange(key("a/2"), key("b")))).containsExactly("b", "a0", "a/2");
    assertThat(keys(store.range(null, key("a/1")))).containsExactly("a", "a/1");
    assertThat(keys(store.reverseRange(key("b"), null))).containsExactly(UMLAUT, "b");
    try (var none = store.prefixScan(Bytes.wrap(new byte[] {-1, -1}), (_, bytes) -> bytes.get())) {
      assertThat(none.hasNext()).isFalse();
    }
  }

  @Test
  void should_have_everything_when_opened_again() throws IOException {
    var store = open(0, "hosts");
    put(store, "a");
    store.commit(Map.of(CHANGELOG, 7L));
    store.close();

    var again = open(0, "hosts");
    assertThat(again.committedOffset(CHANGELOG)).isEqualTo(7);
    assertThat(keys(again.all())).containsExactly("a");
  }

  /// It may be part of a transaction that never commits.
  @Test
  void should_not_know_its_offset_when_it_was_changed_since() throws IOException {
    var store = open(0, "hosts");
    var other = open(0, "trials");
    store.commit(Map.of(CHANGELOG, 7L));
    other.commit(Map.of(CHANGELOG, 9L));
    put(store, "a");

    assertThat(store.committedOffset(CHANGELOG)).isNull();
    assertThat(other.committedOffset(CHANGELOG)).isEqualTo(9);
    store.commit(Map.of());
    assertThat(store.committedOffset(CHANGELOG)).as("the task is to be restored").isNull();
    store.commit(Map.of(CHANGELOG, 8L));
    assertThat(store.committedOffset(CHANGELOG)).isEqualTo(8);
    put(store, "a");
    assertThat(store.committedOffset(CHANGELOG)).isNull();
  }

  @Test
  void should_be_empty_when_the_directory_of_its_task_was_deleted() throws IOException {
    var wiped = open(1, "hosts");
    var kept = open(11, "hosts");
    put(wiped, "a");
    put(kept, "b");
    wiped.commit(Map.of(CHANGELOG, 7L));
    wiped.close();
    Utils.delete(task(1).toFile());

    var again = open(1, "hosts");
    assertThat(keys(again.all())).isEmpty();
    assertThat(again.committedOffset(CHANGELOG)).isNull();
    assertThat(keys(kept.all())).containsExactly("b");
  }

  @Test
  void should_delete_a_task_that_is_gone_when_another_is_opened() throws IOException {
    var gone = open(1, "hosts");
    var kept = open(0, "hosts");
    put(gone, "a");
    put(kept, "b");
    kept.close();
    gone.close();
    // It is not told: its directory is back when the task is.
    Files.delete(task(1).resolve("has-state"));

    var opened = open(0, "hosts");
    Files.createFile(task(1).resolve("has-state"));
    assertThat(keys(open(1, "hosts").all())).isEmpty();
    assertThat(keys(opened.all())).containsExactly("b");
  }

  @Test
  void should_refuse_to_read_when_closed() throws IOException {
    var store = open(0, "hosts");
    put(store, "a");
    try (var entries = store.all()) {
      store.close();

      assertThatThrownBy(entries::hasNext).isInstanceOf(InvalidStateStoreException.class);
      assertThatThrownBy(() -> store.get(key("a")))
          .isInstanceOf(InvalidStateStoreException.class)
          .hasMessageContaining("hosts");
    }
    assertThat(store.isOpen()).isFalse();
  }
}
