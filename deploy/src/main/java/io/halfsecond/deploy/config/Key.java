package io.halfsecond.deploy.config;

import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.schemas.Names;
import io.halfsecond.streams.detector.Budget;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One configuration key.
///
/// @param name dotted, as in the file: `collector.log-file`
/// @param allowed the values allowed, for a message: `true or false`
/// @param fallback the default, as the user would write it; empty if there is none
/// @param doc one line
/// @param parse the value of a text
public record Key<T>(String name, String allowed, String fallback, String doc, Parser<T> parse) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(MiB|GiB)");
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

  /// Topics of Kafka have at most 249 characters.
  private static final Pattern TOPIC_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

  private static final Pattern BUDGET =
      Pattern.compile("(\\d{1,9}|\\d{0,9}\\.\\d{1,9})\\s*/\\s*(host-year|fleet-day)");

  /// Parses a value.
  @FunctionalInterface
  public interface Parser<T> {
    /// @throws RuntimeException of any kind if the text is no valid value
    T of(String text);
  }

  /// The environment variable that sets this key: `HALFSECOND_COLLECTOR_LOG_FILE`.
  public String variable() {
    return "HALFSECOND_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static Key<String> text(String name, String fallback, String doc) {
    return new Key<>(name, "text, not empty", fallback, doc, nonEmpty(Function.identity()));
  }

  /// What may begin the name of a topic.
  static Key<String> topicPrefix(String name, String fallback, String doc) {
    return new Key<>(
        name,
        "letters, digits, '.', '_' and '-', at most 200",
        fallback,
        doc,
        text -> {
          require(TOPIC_PREFIX.matcher(text).matches());
          return text;
        });
  }

  static Key<Boolean> flag(String name, boolean fallback, String doc) {
    return new Key<>(
        name,
        "true or false",
        Boolean.toString(fallback),
        doc,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(text);
            });
  }

  static Key<Integer> count(String name, int fallback, int least, int most, String doc) {
    return new Key<>(
        name,
        "a whole number from %d to %d".formatted(least, most),
        Integer.toString(fallback),
        doc,
        text -> {
          int value = Integer.parseInt(text);
          require(value >= least && value <= most);
          return value;
        });
  }

  /// A whole number, or `none`, which gives empty.
  static Key<OptionalInt> optionalCount(String name, int least, int most, String doc) {
    return new Key<>(
        name,
        "none, or a whole number from %d to %d".formatted(least, most),
        "none",
        doc,
        text -> {
          if (text.equals("none")) {
            return OptionalInt.empty();
          }
          int value = Integer.parseInt(text);
          require(value >= least && value <= most);
          return OptionalInt.of(value);
        });
  }

  static Key<Duration> duration(String name, String fallback, String doc) {
    return new Key<>(
        name,
        "a duration above zero such as 500ms, 10s, 1m, 6h or 7d",
        fallback,
        doc,
        Key::duration);
  }

  /// A duration of at least so many seconds.
  static Key<Duration> durationFrom(int seconds, String name, String fallback, String doc) {
    return new Key<>(
        name,
        "a duration of at least %ds such as 90s, 5m or 1h".formatted(seconds),
        fallback,
        doc,
        text -> {
          var value = duration(text);
          require(value.toSeconds() >= seconds);
          return value;
        });
  }

  /// A duration that is less than a limit.
  static Key<Duration> durationBelow(Duration limit, String name, String fallback, String doc) {
    return new Key<>(
        name,
        "a duration above zero and below %dh such as 30m or 12h".formatted(limit.toHours()),
        fallback,
        doc,
        text -> {
          var value = duration(text);
          require(value.compareTo(limit) < 0);
          return value;
        });
  }

  /// A number of bytes with a unit, at least so many MiB.
  static Key<Long> size(int leastMib, String name, String fallback, String doc) {
    return new Key<>(
        name,
        "a size of at least %dMiB such as 64MiB or 1GiB".formatted(leastMib),
        fallback,
        doc,
        text -> {
          var matcher = SIZE.matcher(text.strip());
          require(matcher.matches());
          long mib =
              Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("GiB") ? 1_024 : 1);
          require(mib >= leastMib);
          return mib << 20;
        });
  }

  /// A duration, or `auto`, which gives empty.
  static Key<Optional<Duration>> automaticDuration(String name, String doc) {
    return new Key<>(
        name,
        "auto, or a duration above zero such as 500ms, 10s or 1m",
        "auto",
        doc,
        text -> text.equals("auto") ? Optional.empty() : Optional.of(duration(text)));
  }

  /// `NUMBER/host-year` or `NUMBER/fleet-day`
  static Key<Budget> budget(String name, String fallback, String doc) {
    return new Key<>(
        name,
        "a number above 0 and what for: 1/host-year or 0.5/fleet-day",
        fallback,
        doc,
        text -> {
          var matcher = BUDGET.matcher(text.strip());
          require(matcher.matches());
          double alarms = Double.parseDouble(matcher.group(1));
          return matcher.group(2).equals("host-year")
              ? new Budget.PerHostYear(alarms)
              : new Budget.PerFleetDay(alarms);
        });
  }

  static Key<Path> path(String name, String fallback, String doc) {
    return new Key<>(name, "an absolute path", fallback, doc, Key::absolute);
  }

  /// A path, or nothing.
  static Key<Optional<Path>> optionalPath(String name, String doc) {
    return new Key<>(
        name,
        "an absolute path, or nothing",
        "",
        doc,
        text -> text.isEmpty() ? Optional.empty() : Optional.of(absolute(text)));
  }

  /// The address of a service.
  static Key<Optional<URI>> optionalUrl(String name, String doc) {
    return new Key<>(
        name,
        "a URL that begins with http:// or https://, or nothing",
        "",
        doc,
        text -> text.isEmpty() ? Optional.empty() : Optional.of(url(text)));
  }

  /// A user has a file of its own: what is in a URL gets into messages.
  private static URI url(String text) {
    var url = URI.create(text);
    require(List.of("http", "https").contains(url.getScheme()));
    require(url.getHost() != null && url.getUserInfo() == null);
    require(url.getQuery() == null && url.getFragment() == null);
    return url;
  }

  static Key<Optional<String>> optionalText(String name, String doc) {
    return new Key<>(
        name,
        "text, or nothing",
        "",
        doc,
        text -> Optional.of(text).filter(Predicate.not(String::isEmpty)));
  }

  /// The name of a host.
  static Key<String> host(String name, String doc) {
    return new Key<>(
        name,
        "a letter or digit, then more of them or any of ._:- (253 at most)",
        "",
        doc,
        text -> Names.requireHost(name, text));
  }

  /// The name of a cohort, or nothing.
  static Key<Optional<String>> optionalCohort(String name, String doc) {
    return new Key<>(
        name,
        "a letter or digit, then more of them or any of ._:+- (253 at most), or nothing",
        "",
        doc,
        text -> {
          return text.isEmpty() ? Optional.empty() : Optional.of(Names.requireCohort(name, text));
        });
  }

  static Key<InetSocketAddress> address(String name, String fallback, String doc) {
    return new Key<>(
        name, "HOST:PORT, with port 0 for any that is free", fallback, doc, Key::socketAddress);
  }

  /// An address, or nothing.
  static Key<ExpectedNetworks> networks(String name, String fallback, String doc) {
    return new Key<>(
        name,
        "networks such as 192.0.2.0/24 or 2001:db8::/32 and private, separated by commas",
        fallback,
        doc,
        ExpectedNetworks::parse);
  }

  static Key<Optional<InetSocketAddress>> optionalAddress(String name, String doc) {
    return new Key<>(
        name,
        "HOST:PORT, or nothing",
        "",
        doc,
        text -> text.isEmpty() ? Optional.empty() : Optional.of(socketAddress(text)));
  }

  /// The address of a web server.
  static Key<URI> url(String name, String fallback, String doc) {
    return new Key<>(name, "http://HOST:PORT or https://HOST:PORT", fallback, doc, Key::url);
  }

  /// One of an enum's constants, written in lower case.
  static <E extends Enum<E>> Key<E> choice(String name, Class<E> type, E fallback, String doc) {
    List<E> constants = List.of(type.getEnumConstants());
    var allowed = constants.stream().map(Key::label).collect(Collectors.joining(", "));
    return new Key<>(
        name,
        "one of " + allowed,
        label(fallback),
        doc,
        text -> constants.stream().filter(c -> label(c).equals(text)).findFirst().orElseThrow());
  }

  /// Addresses of servers, or nothing.
  static Key<List<URI>> urls(String name, String doc) {
    return new Key<>(
        name,
        "http:// or https:// and a host, several separated by commas, or nothing",
        "",
        doc,
        text ->
            text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).map(Key::url).toList());
  }

  /// `HOST:PORT[,HOST:PORT…]`
  static Key<String> servers(String name, String fallback, String doc) {
    return new Key<>(
        name,
        "HOST:PORT, several separated by commas",
        fallback,
        doc,
        text -> {
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .forEach(server -> require(socketAddress(server).getPort() > 0));
          return text;
        });
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <T> Parser<T> nonEmpty(Function<String, T> parse) {
    return text -> {
      require(!text.isBlank());
      return parse.apply(text);
    };
  }

  /// A time such as 500ms, 10s, 2m, 6h or 7d.
  ///
  /// @throws IllegalArgumentException if it is not such a time, or not above 0
  public static Duration duration(String text) {
    var matcher = DURATION.matcher(text.strip());
    require(matcher.matches());
    long amount = Long.parseLong(matcher.group(1));
    require(amount > 0);
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static Path absolute(String text) {
    var path = Path.of(text);
    require(path.isAbsolute());
    return path;
  }

  private static InetSocketAddress socketAddress(String text) {
    int colon = text.lastIndexOf(':');
    require(colon > 0);
    int port = Integer.parseInt(text.substring(colon + 1));
    var host = text.substring(0, colon);
    require(!host.isBlank() && !host.contains("/") && port >= 0 && port <= 65535);
    return InetSocketAddress.createUnresolved(host.replaceAll("^\\[|]$", ""), port);
  }

  private static void require(boolean fine) {
    if (!fine) {
      throw new IllegalArgumentException();
    }
  }
}
