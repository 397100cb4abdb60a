package io.halfsecond.deploy.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.halfsecond.schemas.Printable;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingConfiguratorTest {
  @Test
  void should_log_to_standard_error_with_levels_for_operators() {
    // given
    var context = new LoggerContext();

    // when
    new LoggingConfigurator().configure(context);

    // then
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    assertThat(root.getLevel()).isEqualTo(Level.WARN);
    assertThat(root.getAppender("stderr"))
        .isInstanceOfSatisfying(
            WithoutRepetitions.class,
            appender -> {
              assertThat(appender.to().getTarget()).isEqualTo("System.err");
              assertThat(appender.to().isStarted()).isTrue();
              assertThat(appender.isStarted()).isTrue();
            });
    assertThat(context.getLogger("io.halfsecond.collector").getEffectiveLevel())
        .isEqualTo(Level.INFO);
    assertThat(context.getLogger("state.change.logger").getEffectiveLevel()).isEqualTo(Level.OFF);
  }

  @Test
  void should_write_one_line_for_a_message_whatever_is_in_it() {
    // given
    var context = new LoggerContext();
    new LoggingConfigurator().configure(context);
    var logger = context.getLogger("io.halfsecond.Test");
    var encoder =
        ((WithoutRepetitions) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
            .to()
            .getEncoder();
    var event =
        new LoggingEvent(
            "",
            logger,
            Level.WARN,
            "version {} of a package",
            new IllegalStateException("1\u2028forged"),
            new Object[] {"5.6.1\n2026-11-30T00:00:00Z ERROR\u009B31m\u202E\u001B[2J"});

    // when
    var lines = new String(encoder.encode(event), UTF_8).lines().toList();

    // then
    assertThat(lines.getFirst())
        .endsWith(" WARN  Test: version 5.6.1?2026-11-30T00:00:00Z ERROR?31m??[2J of a package");
    assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: 1?forged");
    assertThat(lines).allSatisfy(line -> assertThat(line).isEqualTo(Printable.lines(line)));
  }

  @Test
  void should_be_what_configures_a_process() {
    assertThat(LoggerFactory.getILoggerFactory())
        .isInstanceOfSatisfying(
            LoggerContext.class,
            context ->
                assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
                    .isInstanceOf(WithoutRepetitions.class));
  }

  @Test
  void should_write_what_kafka_repeats_once_and_count_it_and_write_all_of_ours() {
    // given
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    new LoggingConfigurator().configure(context);
    var appender =
        (WithoutRepetitions) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
    var written = new ByteArrayOutputStream();
    appender.to().setOutputStream(written);

    // when
    for (int n = 0; n < 50; n++) {
      appender.doAppend(line(context, "org.apache.kafka.clients.NetworkClient", n, n * 100L));
      appender.doAppend(line(context, "io.halfsecond.Test", n, n * 100L));
    }
    appender.doAppend(line(context, "io.halfsecond.Test", 50, 60_000));

    // then
    var lines = written.toString(UTF_8).lines().toList();
    assertThat(lines).filteredOn(line -> line.contains(" Test: ")).hasSize(51);
    assertThat(lines)
        .filteredOn(line -> line.contains(" NetworkClient: "))
        .satisfiesExactly(
            first -> assertThat(first).endsWith("no connection to node 0"),
            rest ->
                assertThat(rest)
                    .endsWith("49 more lines within a minute like: no connection to node 49"));
  }

  /// Kafka's words for each partition, twice a minute; RightsWatch names the right.
  @Test
  void should_leave_a_refused_deletion_to_who_names_the_right() {
    // given
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    new LoggingConfigurator().configure(context);
    var appender =
        (WithoutRepetitions) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
    var written = new ByteArrayOutputStream();
    appender.to().setOutputStream(written);

    // when
    for (var error : List.of(Errors.TOPIC_AUTHORIZATION_FAILED, Errors.POLICY_VIOLATION)) {
      appender.doAppend(
          new LoggingEvent(
              "",
              context.getLogger("org.apache.kafka.clients.admin.internals.DeleteRecordsHandler"),
              Level.ERROR,
              "DeleteRecords request for topic partition {} failed due to an error {}",
              null,
              new Object[] {"halfsecond-by-cohort-repartition-0", error}));
    }

    // then
    assertThat(written.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains("POLICY_VIOLATION");
  }

  private static LoggingEvent line(LoggerContext context, String logger, int node, long millis) {
    var event =
        new LoggingEvent(
            "",
            context.getLogger(logger),
            Level.WARN,
            "no connection to node {}",
            null,
            new Object[] {node});
    event.setTimeStamp(millis);
    return event;
  }
}
