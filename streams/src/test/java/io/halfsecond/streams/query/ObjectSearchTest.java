package io.halfsecond.streams.query;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.hash;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectSearchTest {
  private final HostHistories histories = new HostHistories(new MapStore());

  ObjectSearchTest() {
    var before = fingerprint(1, START).setObjects(objects(liblzma("5.4.5", 2))).build();
    var after =
        fingerprint(2, START.plus(Duration.ofHours(3)))
            .setObjects(objects(liblzma("5.6.1", 5)))
            .build();
    for (var look : List.of(before, after)) {
      histories.take(HOST, new Inspection(look.getAt(), Optional.of(look)));
    }
  }

  private List<Presence> found(ObjectQuery query) {
    var search = new ObjectSearch(query);
    histories.scanEncoded(
        "", (_, encoded) -> search.take(encoded.decoded().orElseThrow(), () -> START));
    return search.found().stream().map(Whereabouts.Found::presence).toList();
  }

  /// Whether the history is decoded at all.
  private boolean looked(ObjectQuery query) {
    var looked = new ArrayList<Boolean>();
    histories.scanEncoded("", (_, encoded) -> looked.add(encoded.mayHave(query.texts())));
    assertThat(looked).hasSize(1);
    return looked.getFirst();
  }

  private static ObjectQuery query(String object, String packageName, String version, String sha) {
    return new ObjectQuery(
        given(object), given(packageName), given(version), given(sha), Optional.empty());
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(known -> !known.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "liblzma.so.5,'','',IN_MEMORY",
    "liblzma,liblzma5,5.6.*,IN_MEMORY",
    "'','',*.6.1-?,IN_MEMORY",
    "liblzma.so.5.4.5,'','',HAD",
    "'',liblzma5,5.4.5-1,HAD",
    "'',liblzma5,5.4*,HAD"
  })
  void should_look_at_every_history_that_has_what_is_wanted(
      String object, String packageName, String version, Presence presence) {
    var query = query(object, packageName, version, "");

    assertThat(looked(query)).isTrue();
    assertThat(found(query)).contains(presence);
  }

  @Test
  void should_look_at_a_history_that_had_a_content() {
    var query = query("", "", "", hash(2).substring(0, 12));

    assertThat(looked(query)).isTrue();
    assertThat(found(query)).containsOnly(Presence.HAD);
  }

  @Test
  void should_look_at_every_history_when_everything_is_wanted() {
    assertThat(looked(ObjectQuery.any())).isTrue();
    assertThat(looked(query("", "", "*", ""))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.7.*", "*5.6.1-2", "?.6.1-2*"})
  void should_not_decode_a_history_without_the_version(String version) {
    var query = query("", "", version, "");

    assertThat(looked(query)).isFalse();
    assertThat(found(query)).isEmpty();
  }
}
