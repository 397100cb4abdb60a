package io.halfsecond.deploy.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The id of an alert as a person types it: its first digits are enough.
final class AlertDigits implements ITypeConverter<String> {
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{6,32}");

  @Override
  public String convert(String text) {
    var digits = text.toLowerCase(Locale.ROOT);
    if (!DIGITS.matcher(digits).matches()) {
      throw new TypeConversionException(
          "ALERT must be 6 to 32 hexadecimal digits, not '%s'".formatted(text));
    }
    return digits;
  }
}
