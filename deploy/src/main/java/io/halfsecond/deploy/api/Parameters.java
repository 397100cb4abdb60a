package io.halfsecond.deploy.api;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The parameters of a query, each at most once.
public record Parameters(Map<String, String> values) {
  public Parameters {
    values = new LinkedHashMap<>(values);
  }

  public static Parameters none() {
    return new Parameters(Map.of());
  }

  /// @param rawQuery as a URI has it, encoded
  /// @param allowed names
  /// @throws IllegalArgumentException for a name that is not allowed or comes twice, or a value
  ///   that is not encoded as it should be; the message names it
  static Parameters parse(@Nullable String rawQuery, List<String> allowed) {
    var values = new LinkedHashMap<String, String>();
    if (rawQuery != null && !rawQuery.isEmpty()) {
      for (var pair : rawQuery.split("&", -1)) {
        int equals = pair.indexOf('=');
        var name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        if (!allowed.contains(name)) {
          throw new IllegalArgumentException(
              "no parameter is named '%s'; allowed: %s"
                  .formatted(name, allowed.isEmpty() ? "none" : String.join(", ", allowed)));
        }
        if (values.putIfAbsent(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)))
            != null) {
          throw new IllegalArgumentException("parameter " + name + " comes twice");
        }
      }
    }
    return new Parameters(values);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /// Empty if it is not given, or given without a value.
  Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  /// With one more, if there is a value.
  public Parameters with(String name, Optional<String> value) {
    var more = new Parameters(values);
    value.ifPresent(text -> more.values.put(name, text));
    return more;
  }

  /// `?name=value&…`, encoded; empty if there is none.
  String query() {
    return values.isEmpty()
        ? ""
        : values.entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + "="
                        + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", "?", ""));
  }
}
