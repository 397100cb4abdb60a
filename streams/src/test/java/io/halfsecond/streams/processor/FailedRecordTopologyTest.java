package io.halfsecond.streams.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.UnknownVersionException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Records that fail in a node, by whatever it throws, with the handlers of the topology.
class FailedRecordTopologyTest {
  @TempDir private Path stateDirectory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  /// A defect of the record's handling.
  static Stream<Supplier<Throwable>> ofTheRecord() {
    return Stream.of(
        () -> new ArithmeticException("long overflow"),
        () -> new ArrayIndexOutOfBoundsException(-1),
        NullPointerException::new,
        () -> new IllegalStateException("cannot be"),
        () -> new NoSuchElementException("no value present"),
        () -> new ClassCastException("a string is no number"),
        () -> new SerializationException("a value cannot be written"),
        StackOverflowError::new,
        () -> new AssertionError("cannot be"));
  }

  /// A failure of what surrounds it: nothing may be passed over for that.
  static Stream<Supplier<Throwable>> ofItsSurroundings() {
    return Stream.of(
        () -> new ProcessorStateException("the disk is full"),
        () -> new KafkaException("the producer was fenced"),
        () -> new IllegalStateException(new KafkaException("the producer was fenced")),
        () -> new UncheckedIOException(new IOException("the disk is full")),
        () -> new UnknownVersionException("host state", 5, 4));
  }

  @ParameterizedTest
  @MethodSource("ofTheRecord")
  void should_make_a_dead_letter_of_the_record_and_go_on(Supplier<Throwable> failure) {
    try (var driver = driver(failure)) {
      // when
      send(driver, "fine", "bad", "fine");

      // then
      assertThat(
              driver
                  .createOutputTopic("out", new StringDeserializer(), new StringDeserializer())
                  .readValuesToList())
          .containsExactly("fine", "fine");
      assertThat(
              driver
                  .createOutputTopic(
                      "dead", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                  .readRecordsToList())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.value()).isEqualTo("bad".getBytes(UTF_8));
                assertThat(letter.headers().lastHeader("halfsecond.reason").value())
                    .isEqualTo("failed".getBytes(UTF_8));
              });
      assertThat(registry.get("halfsecond.dead.letters").tag("reason", "failed").counter().count())
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("ofItsSurroundings")
  void should_fail_where_no_record_is_to_blame(Supplier<Throwable> failure) {
    try (var driver = driver(failure)) {
      assertThatThrownBy(() -> send(driver, "bad"))
          .isInstanceOf(KafkaException.class)
          .hasStackTraceContaining(failure.get().toString());
    }
  }

  private static void send(TopologyTestDriver driver, String... values) {
    var in = driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
    for (var value : values) {
      in.pipeInput("web-17", value);
    }
  }

  private TopologyTestDriver driver(Supplier<Throwable> failure) {
    var properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "dead");
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Insane.class);
    properties.put(
        DeadLetters.CONTEXT,
        new DeadLetters.HandlerContext(registry, InstantSource.system(), RecordsInHand.none()));
    return new TopologyTestDriver(topology(failure), properties);
  }

  private static Topology topology(Supplier<Throwable> failure) {
    var builder = new StreamsBuilder();
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.String()))
        .processValues(() -> new Failing(failure))
        .to("out", Produced.with(Serdes.String(), Serdes.String()));
    return builder.build();
  }

  private static final class Failing extends ContextualFixedKeyProcessor<String, String, String> {
    private final Supplier<Throwable> failure;
    private InHand inHand;

    @SuppressWarnings("NullAway.Init") // set by init
    Failing(Supplier<Throwable> failure) {
      this.failure = failure;
    }

    @Override
    public void init(FixedKeyProcessorContext<String, String> context) {
      super.init(context);
      inHand = new InHand(context);
    }

    @Override
    public void process(FixedKeyRecord<String, String> record) {
      inHand.handle(
          record.timestamp(),
          () -> {
            if (record.value().equals("bad")) {
              switch (failure.get()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalArgumentException(e);
              }
            }
            context().forward(record);
          });
    }
  }
}
