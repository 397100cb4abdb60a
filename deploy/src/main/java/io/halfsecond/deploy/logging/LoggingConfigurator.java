package io.halfsecond.deploy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/// Messages for the operator on stderr, without [Repetitions] of Kafka's clients; stdout belongs to
/// results. `HALFSECOND_LOG_LEVEL` sets Halfsecond's own level.
///
/// In Java and not in XML: reading `logback.xml` loads 250 classes more, of XML and of its model. A
/// file named by `-Dlogback.configurationFile` counts instead.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LoggingConfigurator extends ContextAwareBase implements Configurator {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}:"
          + " %printable(%msg)"
          + System.lineSeparator()
          + "%printable(%ex{short}){lines}";

  private static final Map<String, Level> LEVELS =
      Map.of(
          // An embedded broker greets every fresh start and every end with warnings that ask for
          // nothing.
          "org.apache.kafka.controller.QuorumController",
          Level.ERROR,
          "state.change.logger",
          Level.OFF,
          // It warns of every record that cannot be read; DeadLetters tells of them once a minute.
          "org.apache.kafka.streams.processor.internals.RecordDeserializer",
          Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    context.putObject(
        CoreConstants.PATTERN_RULE_REGISTRY,
        new HashMap<>(Map.of(PrintableConverter.WORD, PrintableConverter.class.getName())));
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(context);
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder);
    stderr.start();
    var told = new WithoutRepetitions(stderr);
    told.setContext(context);
    told.setName("stderr");
    told.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(told);
    LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
    context
        .getLogger("io.halfsecond")
        .setLevel(Level.toLevel(System.getenv("HALFSECOND_LOG_LEVEL"), Level.INFO));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
