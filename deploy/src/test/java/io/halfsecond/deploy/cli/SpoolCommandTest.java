package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.collector.spool.SpooledRecord;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolCommandTest {
  private static final Instant AT = Instant.parse("2024-03-29T00:00:00Z");
  private static final Topics TOPICS = Topics.defaults();

  @TempDir private Path state = Path.of("");
  private final StringWriter out = new StringWriter();

  @BeforeEach
  void spool() {
    var spool =
        new Spool(
            state.resolve(Spool.DIRECTORY),
            SpoolSettings.defaults(),
            "run-1",
            "boot",
            InstantSource.fixed(AT),
            System::nanoTime);
    spool.open();
    spool.append(List.of(probe(0), probe(1)));
  }

  @Test
  void should_count_what_waits_by_topic_and_run() {
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("2 records wait", "2  ssh.probe, run run-1", AT.toString());
  }

  @Test
  void should_print_the_records_as_json() {
    assertThat(run("--records")).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"topic\":\"ssh.probe\"", "\"sequence\":0", "\"target\":\"127.0.0.1:22\"");
  }

  @Test
  void should_end_with_1_when_something_is_damaged() throws Exception {
    // given
    var segment = state.resolve(Spool.DIRECTORY).resolve("0000000000000000.avro");
    var bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 30] ^= 1;
    Files.write(segment, bytes);

    // then
    assertThat(run("--json")).isOne();
    assertThat(out.toString()).contains("\"corruptRecords\":1");
  }

  private int run(String... options) {
    var writer = new PrintWriter(out, true);
    var args =
        Stream.concat(
                Stream.of("spool", "-s", "collector.state-directory=" + state), Stream.of(options))
            .toArray(String[]::new);
    return Halfsecond.execute(new Surroundings(writer, writer, false, Map.of(), new Stop()), args);
  }

  private static SpooledRecord probe(long sequence) {
    var value =
        ProbeTiming.newBuilder()
            .setId("1e".repeat(16))
            .setHost("web-17")
            .setCollector("run-1")
            .setSequence(sequence)
            .setAt(AT)
            .setTarget("127.0.0.1:22")
            .build();
    return new SpooledRecord(
        "run-1",
        sequence,
        AT,
        new EncodedRecord(
            TOPICS.probe().name(),
            "web-17",
            AT,
            TOPICS.probe().valueSerde().serializer().serialize("", value),
            new byte[0]));
  }
}
