package io.halfsecond.deploy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import io.halfsecond.schemas.Printable;
import java.util.List;
import java.util.Optional;

/// `%printable(…)`: the text inside on one line, without characters that could forge another one.
/// `%printable(…){lines}` keeps its lines.
public final class PrintableConverter extends CompositeConverter<ILoggingEvent> {
  static final String WORD = "printable";

  /// Longer than any message of ours, shorter than what a log daemon cuts.
  private static final int LONGEST = 8_192;

  @Override
  protected String transform(ILoggingEvent event, String text) {
    boolean lines = Optional.ofNullable(getOptionList()).orElse(List.of()).contains("lines");
    return lines ? Printable.lines(text) : Printable.of(text, LONGEST);
  }
}
