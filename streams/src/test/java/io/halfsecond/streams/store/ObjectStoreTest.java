package io.halfsecond.streams.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.UnknownVersionException;
import java.util.ArrayList;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {
  private static final int KEPT = 4;

  private final MapStore bytes = new MapStore();
  private final ObjectStore<String> objects = of(bytes);
  private int encoded;

  private ObjectStore<String> of(ByteStore store) {
    return new ObjectStore<>(
        store,
        read -> new String(read, UTF_8),
        text -> {
          encoded++;
          return text.getBytes(UTF_8);
        },
        KEPT);
  }

  @Test
  void should_encode_an_object_once_for_many_changes() {
    for (int n = 0; n < 100; n++) {
      objects.put("a", "value " + n);
    }
    assertThat(bytes.get("a")).isNull();

    objects.write();
    objects.write();

    assertThat(bytes.get("a")).isEqualTo("value 99".getBytes(UTF_8));
    assertThat(encoded).isEqualTo(1);
  }

  @Test
  void should_write_what_makes_room_for_another() {
    for (int n = 0; n <= KEPT; n++) {
      objects.put("key " + n, "value");
    }

    assertThat(bytes.get("key 0")).isNotNull();
    assertThat(bytes.get("key 1")).isNull();
    assertThat(objects.get("key 0")).contains("value");
  }

  @Test
  void should_begin_anew_where_a_value_cannot_be_read_or_written() {
    // given
    var numbers =
        new ObjectStore<Integer>(
            bytes,
            read -> Integer.valueOf(new String(read, UTF_8)),
            number -> {
              if (number < 0) {
                throw new IllegalStateException("not to be written");
              }
              return number.toString().getBytes(UTF_8);
            },
            KEPT);
    bytes.put("a", "1".getBytes(UTF_8));
    bytes.put("b", "no number".getBytes(UTF_8));

    // when
    numbers.put("c", -1);
    numbers.put("d", 4);
    numbers.write();

    // then
    assertThat(numbers.get("b")).isEmpty();
    assertThat(numbers.get("c")).isEmpty();
    var all = new TreeMap<String, Integer>();
    numbers.scan("", all::put);
    assertThat(all).isEqualTo(Map.of("a", 1, "d", 4));
    assertThat(bytes.get("b")).isNull();
    numbers.put("b", 2);
    assertThat(numbers.get("b")).contains(2);
  }

  @Test
  void should_leave_a_value_of_another_version_to_that_version() {
    bytes.put("a", new byte[] {9});
    var versioned =
        new ObjectStore<String>(
            bytes,
            read -> {
              throw new UnknownVersionException("a state", read[0], 4);
            },
            text -> text.getBytes(UTF_8),
            KEPT);

    assertThatThrownBy(() -> versioned.get("a"))
        .isInstanceOf(UnknownVersionException.class)
        .hasMessage("a state: version 9, known is 4");
    assertThat(bytes.get("a")).isNotNull();
  }

  /// Whatever is done, it is as if there were nothing in memory.
  @Test
  void should_give_the_same_as_a_map() {
    var random = new SplittableRandom(7);
    var map = new TreeMap<String, String>();
    for (int n = 0; n < 20_000; n++) {
      var key = "%d/%d".formatted(random.nextInt(3), random.nextInt(5));
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          objects.put(key, "value " + n);
          map.put(key, "value " + n);
        }
        case 2 -> {
          objects.delete(key);
          map.remove(key);
        }
        case 3 -> assertThat(objects.get(key).orElse("")).isEqualTo(map.getOrDefault(key, ""));
        case 4 -> {
          var prefix = random.nextInt(3) + "/";
          var of = map.subMap(prefix, prefix + Character.MAX_VALUE);
          assertThat(objects.keys(prefix)).isEqualTo(of.keySet());
          if (random.nextInt(10) == 0) {
            var scanned = new ArrayList<String>();
            objects.scan(prefix, (found, value) -> scanned.add(found + "=" + value));
            assertThat(scanned)
                .isEqualTo(of.entrySet().stream().map(each -> each.toString()).toList());
          }
        }
        default -> objects.write();
      }
    }
    objects.write();
    var again = of(bytes);
    map.forEach((key, value) -> assertThat(again.get(key)).contains(value));
    assertThat(again.keys("")).isEqualTo(map.keySet());
  }
}
