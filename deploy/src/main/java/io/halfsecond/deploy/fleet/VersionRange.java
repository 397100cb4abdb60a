package io.halfsecond.deploy.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Which versions of a package an advisory is about.
final class VersionRange {
  private static final String VERS = "vers:";
  private static final List<String> COMPARATORS = List.of(">=", "<=", "!=", "=", ">", "<");

  private VersionRange() {}

  /// An element of `affected` of an OSV record: the versions that it lists, and those in its
  /// ranges, by the order of the package manager (ossf.github.io/osv-schema,
  /// "affected[].ranges[]"). Ranges of commits say nothing about packages.
  static Predicate<String> osv(JsonNode affected) {
    var listed = new HashSet<String>();
    affected.path("versions").forEach(version -> listed.add(version.asText()));
    var order = order(affected.path("package").path("ecosystem").asText());
    var ranges =
        affected
            .path("ranges")
            .valueStream()
            .filter(range -> !range.path("type").asText().equals("GIT"))
            .map(range -> events(range.path("events"), order))
            .toList();
    return version ->
        listed.contains(version) || ranges.stream().anyMatch(range -> range.test(version));
  }

  /// Whether an element of `affected` says anything about versions of packages, and not of commits
  /// alone.
  static boolean namesVersions(JsonNode affected) {
    return !affected.path("versions").isEmpty()
        || affected
            .path("ranges")
            .valueStream()
            .anyMatch(range -> !range.path("type").asText().equals("GIT"));
  }

  /// The last event at or before a version decides.
  private static Predicate<String> events(JsonNode events, Comparator<String> order) {
    return version -> {
      boolean affected = false;
      var sorted = new ArrayList<Event>();
      for (var event : events) {
        event
            .properties()
            .forEach(entry -> sorted.add(new Event(entry.getKey(), entry.getValue().asText())));
      }
      sorted.sort((one, other) -> Event.compare(one, other, order));
      for (var event : sorted) {
        switch (event.kind) {
          case "introduced" -> affected |= event.reached(version, order);
          case "fixed" -> affected &= !event.reached(version, order);
          case "last_affected" -> affected &= !event.passed(version, order);
          default -> {
            // A limit bounds ranges of commits.
          }
        }
      }
      return affected;
    };
  }

  /// @param version 0 comes before all others
  private record Event(String kind, String version) {
    private static int compare(Event one, Event other, Comparator<String> order) {
      if (one.version.equals("0") || other.version.equals("0")) {
        return Boolean.compare(!one.version.equals("0"), !other.version.equals("0"));
      }
      return order.compare(one.version, other.version);
    }

    private boolean reached(String at, Comparator<String> order) {
      return version.equals("0") || order.compare(at, version) >= 0;
    }

    private boolean passed(String at, Comparator<String> order) {
      return order.compare(at, version) > 0;
    }
  }

  /// A range such as `vers:deb/>=5.6.0-0.2|<5.6.1+really5.4.5-1` (package-url/vers-spec): each
  /// version that it names alone, and what lies between neighbouring bounds.
  ///
  /// @return one that no version is in, if the text is no such range
  static Predicate<String> vers(String text) {
    int slash = text.indexOf('/');
    if (!text.startsWith(VERS) || slash < 0) {
      return _ -> false;
    }
    var order = order(text.substring(VERS.length(), slash));
    var constraints = text.substring(slash + 1);
    if (constraints.equals("*")) {
      return _ -> true;
    }
    var bounds = new ArrayList<Predicate<String>>();
    var single = new HashSet<String>();
    var excluded = new HashSet<String>();
    Optional<Predicate<String>> lower = Optional.empty();
    for (var constraint : constraints.split("\\|", -1)) {
      var comparator = COMPARATORS.stream().filter(constraint::startsWith).findFirst().orElse("");
      var version =
          URLDecoder.decode(
              constraint.substring(comparator.length()).replace("+", "%2B"),
              StandardCharsets.UTF_8);
      switch (comparator) {
        case "", "=" -> single.add(version);
        case "!=" -> excluded.add(version);
        case ">" -> lower = Optional.of(at -> order.compare(at, version) > 0);
        case ">=" -> lower = Optional.of(at -> order.compare(at, version) >= 0);
        default -> {
          boolean inclusive = comparator.equals("<=");
          Predicate<String> upper =
              at -> inclusive ? order.compare(at, version) <= 0 : order.compare(at, version) < 0;
          bounds.add(lower.map(from -> from.and(upper)).orElse(upper));
          lower = Optional.empty();
        }
      }
    }
    lower.ifPresent(bounds::add);
    return version ->
        !excluded.contains(version)
            && (single.contains(version) || bounds.stream().anyMatch(each -> each.test(version)));
  }

  /// Of a package manager, by the name of its ecosystem in OSV or in a range.
  private static Comparator<String> order(String ecosystem) {
    return ecosystem.startsWith("Debian")
            || ecosystem.startsWith("Ubuntu")
            || ecosystem.equals("deb")
        ? PackageVersions.DEB
        : PackageVersions.RPM;
  }
}
