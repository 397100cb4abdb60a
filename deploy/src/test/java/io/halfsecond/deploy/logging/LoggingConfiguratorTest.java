package io.halfsecond.deploy.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.halfsecond.schemas.Printable;
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
            ConsoleAppender.class,
            appender -> {
              assertThat(appender.getTarget()).isEqualTo("System.err");
              assertThat(appender.isStarted()).isTrue();
            });
    assertThat(context.getLogger("io.halfsecond.collector").getEffectiveLevel())
        .isEqualTo(Level.INFO);
    assertThat(context.getLogger("state.change.logger").getEffectiveLevel()).isEqualTo(Level.OFF);
  }

  @Test
  @SuppressWarnings("unchecked") // its appender is of events
  void should_write_one_line_for_a_message_whatever_is_in_it() {
    // given
    var context = new LoggerContext();
    new LoggingConfigurator().configure(context);
    var logger = context.getLogger("io.halfsecond.Test");
    var encoder =
        ((ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
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
                    .isInstanceOf(ConsoleAppender.class));
  }
}
