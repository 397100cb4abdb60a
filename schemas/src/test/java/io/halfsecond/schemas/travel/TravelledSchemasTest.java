package io.halfsecond.schemas.travel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.NewerSchema;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.UnknownKindException;
import io.halfsecond.schemas.UserClass;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import io.halfsecond.schemas.travel.TravelledSchemas.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TravelledSchemasTest {
  private static final Schema OURS = AuthTiming.getClassSchema();
  private static final Schema NEWER =
      NewerSchema.withSymbol(
          NewerSchema.withField(OURS, "newer", "[\"null\",\"long\"]"), "Outcome", "NEWER");

  private final TravelledSchemas schemas = new TravelledSchemas(Patience.NONE);
  private final AvroSerde<AuthTiming> serde = AvroSerde.of(AuthTiming.class).reading(schemas);

  private void take(Schema schema) throws RefusedSchemaException {
    schemas.take(key(schema), SchemaNormalization.toParsingForm(schema));
  }

  private static String key(Schema schema) {
    return SchemaCheck.key(SchemaNormalization.parsingFingerprint64(schema));
  }

  private static AuthTiming login() {
    return AuthTiming.newBuilder()
        .setId("1")
        .setHost("web-17")
        .setCollector("c")
        .setSequence(7)
        .setConnectedAt(Instant.ofEpochSecond(1))
        .setDecidedAt(Instant.ofEpochSecond(2))
        .setMonitorPid(1)
        .setExecutable("sshd")
        .setOutcome(Outcome.ACCEPTED)
        .setMethod(Method.PUBLICKEY)
        .setUserClass(UserClass.VALID)
        .setStartupNanos(8_000_000L)
        .setEvidence(Evidence.KERNEL)
        .build();
  }

  private static byte[] newerLogin(String outcome) {
    var record = NewerSchema.record(login(), NEWER);
    record.put("newer", 17L);
    record.put("outcome", new GenericData.EnumSymbol(NEWER.getField("outcome").schema(), outcome));
    return NewerSchema.bytes(record);
  }

  @Test
  void should_read_what_a_newer_version_writes_once_its_schema_is_there() throws Exception {
    // given
    var bytes = newerLogin("ACCEPTED");
    var ofNewSymbol = newerLogin("NEWER");
    assertThatThrownBy(() -> serde.decode(bytes)).hasMessageContaining(key(NEWER));

    // when
    take(NEWER);

    // then
    assertThat(serde.decode(bytes)).isEqualTo(login());
    assertThat(serde.decode(ofNewSymbol).getOutcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(serde.renewed(bytes)).isEqualTo(serde.encode(login()));
    assertThat(schemas.knownCount()).isEqualTo(1);
  }

  @Test
  void should_leave_other_values_of_a_store_as_they_are() {
    var time = new byte[] {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0};
    assertThat(serde.renewed(time)).isSameAs(time);
    var current = serde.encode(login());
    assertThat(serde.renewed(current)).isSameAs(current);
  }

  @Test
  void should_tell_a_kind_that_only_a_newer_version_knows_from_a_damaged_record() throws Exception {
    // given
    var newer =
        NewerSchema.withMember(
            CohortInput.getClassSchema(),
            "input",
            "{\"type\":\"record\",\"name\":\"Newer\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}");
    take(newer);
    var input = new GenericData.Record(newer.getField("input").schema().getTypes().getLast());
    input.put("a", 1);
    var record = new GenericData.Record(newer);
    record.put("input", input);
    var ofCohorts = AvroSerde.of(CohortInput.class).reading(schemas);

    // when, then
    var bytes = NewerSchema.bytes(record);
    assertThatThrownBy(() -> ofCohorts.deserializer().deserialize("t", bytes))
        .isInstanceOf(UnknownKindException.class);
    assertThatThrownBy(() -> ofCohorts.decode(Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(SerializationException.class);
  }

  @Test
  void should_not_read_a_record_with_the_schema_of_another() throws Exception {
    // given
    take(NEWER);
    var bytes = newerLogin("ACCEPTED");

    // when, then
    assertThatThrownBy(() -> AvroSerde.of(Alert.class).reading(schemas).decode(bytes))
        .isInstanceOf(SerializationException.class);
  }

  @Test
  void should_take_what_every_version_writes_without_remembering_it() throws Exception {
    for (var schema : RecordSchemas.built().toList()) {
      take(schema);
    }
    assertThat(schemas.knownCount()).isZero();
    for (var refusal : Refusal.values()) {
      assertThat(schemas.refusedCount(refusal)).as("%s", refusal).isZero();
    }
  }

  static Stream<Arguments> refused() {
    var array = "{\"type\":\"array\",\"items\":%s}";
    var deep = "\"int\"";
    for (int i = 0; i < 1_000; i++) {
      deep = array.formatted(deep);
    }
    return Stream.of(
        Arguments.of(Refusal.MALFORMED, "no schema"),
        Arguments.of(Refusal.MALFORMED, ""),
        Arguments.of(Refusal.MALFORMED, "{\"type\":\"record\"}"),
        Arguments.of(Refusal.MALFORMED, "{\"type\":\"record\",\"name\":\"\\u0000\",\"fields\":[]}"),
        Arguments.of(Refusal.TYPE, "\"string\""),
        Arguments.of(Refusal.TYPE, field("Elsewhere", "\"int\"")),
        Arguments.of(Refusal.SIZE, " ".repeat(SchemaCheck.LONGEST + 1)),
        Arguments.of(Refusal.UNBOUNDED, deep),
        Arguments.of(Refusal.UNBOUNDED, "[".repeat(60_000)),
        Arguments.of(Refusal.UNBOUNDED, with("[\"null\",\"io.halfsecond.schemas.AuthTiming\"]")),
        Arguments.of(Refusal.UNBOUNDED, with(array.formatted("\"null\""))),
        Arguments.of(Refusal.UNBOUNDED, with("\"null\"")),
        Arguments.of(
            Refusal.UNBOUNDED,
            with(array.formatted("{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}"))),
        Arguments.of(
            Refusal.UNBOUNDED,
            with(array.formatted("{\"type\":\"record\",\"name\":\"E\",\"fields\":[]}"))),
        Arguments.of(Refusal.UNBOUNDED, with(doubling(30))),
        Arguments.of(Refusal.INCOMPATIBLE, field("AuthTiming", "\"int\"")));
  }

  /// A record that holds two of a record that holds two …: small as text, 2^n fields when read.
  private static String doubling(int n) {
    var inner = "\"int\"";
    for (int i = 0; i < n; i++) {
      inner =
          "{\"type\":\"record\",\"name\":\"D%d\",\"fields\":[{\"name\":\"a\",\"type\":%s},{\"name\":\"b\",\"type\":%s}]}"
              .formatted(i, inner, i == 0 ? "\"int\"" : "\"D" + (i - 1) + "\"");
    }
    return inner;
  }

  private static String field(String name, String type) {
    return "{\"type\":\"record\",\"name\":\"io.halfsecond.schemas.%s\",\"fields\":[{\"name\":\"x\",\"type\":%s}]}"
        .formatted(name, type);
  }

  private static String with(String type) {
    return NewerSchema.withField(OURS, "x", type).toString();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void should_refuse_and_count(Refusal refusal, String json) {
    assertThatThrownBy(() -> schemas.take(keyOf(json), json))
        .isInstanceOfSatisfying(
            RefusedSchemaException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
    assertThat(schemas.refusedCount(refusal)).isEqualTo(1);
    assertThat(schemas.knownCount()).isZero();
  }

  private static String keyOf(String json) {
    try {
      return key(new Schema.Parser().parse(json));
    } catch (RuntimeException _) {
      return "0123456789abcdef";
    }
  }

  @Test
  void should_refuse_a_key_that_is_not_the_schemas_fingerprint() {
    for (var key : List.of("", "0123456789ABCDEF", "0123456789abcdef0", "\n23456789abcdef0")) {
      assertThatThrownBy(() -> schemas.take(key, NEWER.toString()))
          .hasMessageContaining("no fingerprint");
    }
    assertThatThrownBy(() -> schemas.take("0123456789abcdef", NEWER.toString()))
        .hasMessageContaining("another fingerprint");
    assertThat(schemas.refusedCount(Refusal.KEY)).isEqualTo(4);
    assertThat(schemas.refusedCount(Refusal.FINGERPRINT)).isEqualTo(1);
  }

  @Test
  void should_use_only_what_the_fingerprint_covers() throws Exception {
    // given: the same fingerprint, other documentation
    take(NEWER);
    var other = NEWER.toString().replaceFirst("\"doc\":\"", "\"doc\":\"Other words. ");

    // when
    schemas.take(key(NEWER), other);

    // then
    assertThat(schemas.find(NEWER.getFullName(), SchemaNormalization.parsingFingerprint64(NEWER)))
        .get()
        .isEqualTo(new Schema.Parser().parse(SchemaNormalization.toParsingForm(NEWER)));
  }

  /// CRC-64 is linear: a field's name can be chosen so that two schemas have one fingerprint.
  @Test
  void should_use_neither_of_two_schemas_with_one_fingerprint() throws Exception {
    // given
    var forged = Forgery.of(NEWER);
    assertThat(SchemaNormalization.parsingFingerprint64(forged))
        .isEqualTo(SchemaNormalization.parsingFingerprint64(NEWER));
    take(NEWER);

    // when
    assertThatThrownBy(() -> take(forged)).hasMessageContaining("one is forged");

    // then
    long fingerprint = SchemaNormalization.parsingFingerprint64(NEWER);
    assertThat(schemas.find(NEWER.getFullName(), fingerprint)).isEmpty();
    assertThatThrownBy(() -> take(NEWER)).hasMessageContaining("one is forged");
    assertThat(schemas.knownCount()).isZero();
    assertThat(schemas.refusedCount(Refusal.DISPUTED)).isEqualTo(2);
  }

  @Test
  void should_refuse_a_schema_with_the_fingerprint_of_ours() {
    var forged = Forgery.of(OURS);
    assertThatThrownBy(() -> take(forged)).hasMessageContaining("one is forged");
    var own = serde.encode(login());
    assertThat(serde.decode(own)).isEqualTo(login());
  }

  @Test
  void should_know_a_bounded_number() throws Exception {
    for (int i = 0; i < TravelledSchemas.MOST; i++) {
      take(NewerSchema.withField(OURS, "f" + i, "[\"null\",\"long\"]"));
    }
    assertThatThrownBy(() -> take(NEWER)).hasMessageContaining("others are known");
    assertThat(schemas.knownCount()).isEqualTo(TravelledSchemas.MOST);
  }

  @Test
  void should_wait_for_a_schema_that_is_on_its_way() throws Exception {
    // given
    var patient = new TravelledSchemas(new Patience(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    long fingerprint = SchemaNormalization.parsingFingerprint64(NEWER);
    var asked = new CountDownLatch(2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = threads.submit(() -> search(patient, fingerprint, asked));
      var two = threads.submit(() -> search(patient, fingerprint, asked));
      asked.await();

      // when
      patient.take(key(NEWER), NEWER.toString());

      // then
      assertThat(one.get()).isTrue();
      assertThat(two.get()).isTrue();
    }
    assertThat(patient.waitCount(Wait.MISSING)).isZero();
  }

  private static boolean search(TravelledSchemas schemas, long fingerprint, CountDownLatch asked) {
    asked.countDown();
    return schemas.find(NEWER.getFullName(), fingerprint).isPresent();
  }

  @Test
  void should_read_on_with_a_schema_that_comes_after_the_wait() throws Exception {
    // given
    var now = new AtomicLong();
    var brief =
        new TravelledSchemas(new Patience(Duration.ofNanos(1), Duration.ofNanos(2)), now::get);
    long fingerprint = SchemaNormalization.parsingFingerprint64(NEWER);
    assertThat(brief.find(NEWER.getFullName(), fingerprint)).isEmpty();
    now.set(1);
    assertThat(brief.find(NEWER.getFullName(), fingerprint)).isEmpty();
    assertThat(brief.waitCount(Wait.MISSING)).isEqualTo(1);
    assertThat(brief.waitCount(Wait.NOT_WAITED)).isEqualTo(1);

    // when
    brief.take(key(NEWER), NEWER.toString());

    // then
    assertThat(brief.find(NEWER.getFullName(), fingerprint)).isPresent();
  }

  @Test
  void should_leave_room_for_what_we_may_add() {
    for (var schema : RecordSchemas.built().toList()) {
      var json = SchemaNormalization.toParsingForm(schema);
      assertThat(json.length()).as(schema.getName()).isLessThan(SchemaCheck.LONGEST / 2);
    }
  }
}
