package io.halfsecond.deploy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.ConsoleAppender;
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
  void should_be_what_configures_a_process() {
    assertThat(LoggerFactory.getILoggerFactory())
        .isInstanceOfSatisfying(
            LoggerContext.class,
            context ->
                assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
                    .isInstanceOf(ConsoleAppender.class));
  }
}
