package io.halfsecond.streams.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/// Something for each of [Case#ALL].
record ByCase<T>(Map<Case, T> results) {
  static <T> ByCase<T> of(Function<Case, T> result) {
    var results = new LinkedHashMap<Case, T>();
    Case.ALL.forEach(each -> results.put(each, result.apply(each)));
    return new ByCase<>(results);
  }

  T of(Case each) {
    return Objects.requireNonNull(results.get(each));
  }

  /// A row of a table.
  List<String> row(String name, Function<T, String> cell) {
    return Stream.concat(Stream.of(name), Case.ALL.stream().map(each -> cell.apply(of(each))))
        .toList();
  }
}
