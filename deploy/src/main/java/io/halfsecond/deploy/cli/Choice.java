package io.halfsecond.deploy.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/// A value of an option that has a few.
final class Choice {
  private Choice() {}

  /// One of an enum's constants, in lower case.
  ///
  /// @throws TypeConversionException if it is none; the message lists them
  static <E extends Enum<E>> E of(List<E> values, String text) {
    return of(values, value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'), text);
  }

  /// @throws TypeConversionException if it is none; the message lists them
  static <T> T of(List<T> values, Function<T, String> label, String text) {
    var wanted = text.toLowerCase(Locale.ROOT);
    return values.stream()
        .filter(value -> label.apply(value).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is not one of %s"
                        .formatted(
                            text, values.stream().map(label).collect(Collectors.joining(", ")))));
  }
}
