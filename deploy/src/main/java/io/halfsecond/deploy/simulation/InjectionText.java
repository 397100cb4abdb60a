package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.config.Key;
import io.halfsecond.deploy.simulation.Injection.Share;
import io.halfsecond.deploy.simulation.Injection.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads an [Injection] from its form on a command line, `KIND:NAME=VALUE,NAME=VALUE`.
public final class InjectionText {
  /// The kinds with their values, for a help text.
  public static final List<String> KINDS =
      List.of(
          "slow-library:hosts=5%,at=+2h,delay=300ms,stages=1%/10m,10%/30m,100%",
          "slow-auth:hosts=5%,at=+2h,delay=300ms",
          "creep:hosts=5%,at=+2h,delay=300ms,over=6h",
          "gap:hosts=5%,at=+2h,for=10m",
          "clock:hosts=5%,at=+2h,by=+3m",
          "scan:hosts=5%,at=+2h,for=30m,times=20");

  private static final Pattern SHARE = Pattern.compile("(\\d{1,8}(?:\\.\\d{1,6})?)(%?)");
  private static final int MOST_TIMES = 1_000;

  /// All collectors have started by then, and have looked at their hosts.
  private static final Duration EARLIEST = Duration.ofMinutes(2);

  /// The topology refuses a clock that is 30 days ahead.
  private static final Duration FARTHEST = Duration.ofDays(1);

  private final String kind;
  private final Map<String, String> values;

  private InjectionText(String kind, Map<String, String> values) {
    this.kind = kind;
    this.values = values;
  }

  /// @throws IllegalArgumentException if it is not of this form; the message names what is wrong
  public static Injection parse(String text) {
    int colon = text.indexOf(':');
    var kind = colon < 0 ? text : text.substring(0, colon);
    var read = new InjectionText(kind, values(kind, colon < 0 ? "" : text.substring(colon + 1)));
    var injection = read.injection(text);
    read.requireNothingElse();
    return injection;
  }

  /// A part without `=` belongs to the value before it.
  private static Map<String, String> values(String kind, String text) {
    var values = new LinkedHashMap<String, String>();
    var last = "";
    for (var part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0 && !last.isEmpty()) {
        values.merge(last, part, (before, more) -> before + "," + more);
      } else if (equals < 1 || values.containsKey(part.substring(0, equals))) {
        throw new IllegalArgumentException(
            "%s: '%s' is not NAME=VALUE, or is there twice".formatted(kind, part));
      } else {
        last = part.substring(0, equals);
        values.put(last, part.substring(equals + 1));
      }
    }
    return values;
  }

  private Injection injection(String text) {
    return switch (kind) {
      case "slow-library" -> new Injection.SlowLibrary(text, hosts(), at(), delay(), stages());
      case "slow-auth" -> new Injection.SlowAuthentication(text, hosts(), at(), delay());
      case "creep" -> new Injection.Creep(text, hosts(), at(), delay(), duration("over", "6h"));
      case "gap" -> new Injection.Gap(text, hosts(), at(), duration("for", "10m"));
      case "clock" -> new Injection.Clock(text, hosts(), at(), by());
      case "scan" -> new Injection.Scan(text, hosts(), at(), duration("for", "30m"), times());
      default ->
          throw new IllegalArgumentException(
              "'%s' cannot be injected; there are slow-library, slow-auth, creep, gap, clock and scan"
                  .formatted(kind));
    };
  }

  private Share hosts() {
    return take("hosts", Optional.of("5%"), "5% or 12", InjectionText::share);
  }

  private Duration at() {
    return take(
        "at",
        Optional.empty(),
        "+2h, since the begin, and at least +2m",
        value -> {
          var at = Key.duration(value.startsWith("+") ? value.substring(1) : value);
          if (at.compareTo(EARLIEST) < 0) {
            throw new IllegalArgumentException(value);
          }
          return at;
        });
  }

  private Duration delay() {
    return duration("delay", "300ms");
  }

  private Duration duration(String name, String fallback) {
    return take(name, Optional.of(fallback), "300ms, 10m or 6h", Key::duration);
  }

  private Duration by() {
    return take(
        "by",
        Optional.of("+3m"),
        "+3m or -3m, less than 1d",
        value -> {
          var by = Key.duration(value.substring(1));
          if (by.compareTo(FARTHEST) >= 0 || !(value.startsWith("+") || value.startsWith("-"))) {
            throw new IllegalArgumentException(value);
          }
          return value.startsWith("-") ? by.negated() : by;
        });
  }

  private int times() {
    return take(
        "times",
        Optional.of("20"),
        "20, from 2 to " + MOST_TIMES,
        value -> {
          int times = Integer.parseInt(value);
          if (times < 2 || times > MOST_TIMES) {
            throw new IllegalArgumentException(value);
          }
          return times;
        });
  }

  private List<Stage> stages() {
    return take(
        "stages",
        Optional.of("100%"),
        "1%/10m,10%/30m,100%: shares that grow to 100%, each but the last with the time to the"
            + " next",
        InjectionText::stages);
  }

  private static List<Stage> stages(String value) {
    var stages = new ArrayList<Stage>();
    var parts = value.split(",", -1);
    double before = 0;
    for (int n = 0; n < parts.length; n++) {
      var words = parts[n].split("/", -1);
      var share = share(words[0]);
      boolean last = n == parts.length - 1;
      if (!share.percent()
          || share.amount() <= before
          || last != (share.amount() == 100)
          || words.length != (last ? 1 : 2)) {
        throw new IllegalArgumentException(value);
      }
      before = share.amount();
      stages.add(new Stage(share, last ? Duration.ZERO : Key.duration(words[1])));
    }
    return stages;
  }

  private static Share share(String value) {
    var matcher = SHARE.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(value);
    }
    double amount = Double.parseDouble(matcher.group(1));
    boolean percent = !matcher.group(2).isEmpty();
    if (amount <= 0 || (percent && amount > 100)) {
      throw new IllegalArgumentException(value);
    }
    return new Share(amount, percent);
  }

  private <T> T take(
      String name, Optional<String> fallback, String allowed, Function<String, T> read) {
    var value = Optional.ofNullable(values.remove(name)).or(() -> fallback);
    try {
      return read.apply(
          value.orElseThrow(
              () -> new IllegalArgumentException("%s: %s is missing".formatted(kind, name))));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s: %s must be like %s%s"
              .formatted(
                  kind,
                  name,
                  allowed,
                  value.map(", not '%s'"::formatted).orElse(", and is missing")),
          e);
    }
  }

  private void requireNothingElse() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no %s; it is like %s"
              .formatted(
                  kind,
                  String.join(", ", values.keySet()),
                  KINDS.stream()
                      .filter(form -> form.startsWith(kind + ":"))
                      .findFirst()
                      .orElse("")));
    }
  }
}
